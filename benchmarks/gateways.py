"""Our gateway against two that can be had: localcore-gateway, and FastMCP's OpenAPI proxy.

Every system has a process of its own and the same API behind it, checks tokens of the same issuer,
and is served by the same uvicorn over plain loopback HTTP.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

import httpx

from benchmarks.effort import Effort
from benchmarks.load import Job, drive, post, warm_up
from benchmarks.measure import Figures, interleaved, typical
from benchmarks.processes import PEERS_PYTHON, PYTHON, server
from benchmarks.report import Row, Section, met
from benchmarks.rpc import Endpoint

OURS = "this gateway"
OPERATIONS = ("tools/list", "tools/call")
CLIENTS = (1, 32)
"""At once, each on a connection of its own."""


@dataclass(frozen=True)
class System:
    """One gateway: what serves it, where its endpoint is, what precedes its tools' names."""

    name: str
    module: str
    path: str = "/mcp"
    prefix: str = ""
    python: str = PYTHON


@dataclass(frozen=True, order=True)
class Load:
    """One operation under so many clients."""

    operation: str
    clients: int


SYSTEMS = (
    System(OURS, "ours", "/_gateways/benchmark-gw-0123456789/mcp", "PetStoreTarget___"),
    System("localcore-gateway", "localcore", prefix="PetStoreTarget___", python=PEERS_PYTHON),
    System("FastMCP OpenAPI proxy", "fastmcp_proxy"),
)

type Results = Mapping[tuple[Load, str], Figures]


def sections(effort: Effort) -> Iterator[Section]:
    """Measure everything here."""
    title = "Load generator, against a server that does nothing"
    yield Section("generator", title, _null(effort))
    with ExitStack() as stack:
        endpoints = _started(stack)
        checks = _looked_at(endpoints)
        jobs = {name: endpoint.jobs() for name, endpoint in endpoints.items()}
        results = measured(jobs, effort)
    yield Section("gateways", "Gateways: each on its own", list(_rows(results, checks)))
    title = "Gateways: this one against the better of the others, figure by figure"
    yield Section(
        "gateway-ratios", title, list(_ratios(results)), aim="each at least 1; above 1 is better"
    )


def measured(
    jobs: Mapping[str, Mapping[str, Job]], effort: Effort, clients: Sequence[int] = CLIENTS
) -> Results:
    """Load every system with every job in turn; the medians of the rounds."""
    found: dict[tuple[Load, str], Figures] = {}
    for load in (Load(operation, n) for operation in OPERATIONS for n in clients):
        runs = {name: _run(of[load.operation], load, effort) for name, of in jobs.items()}
        for name in runs:
            warm_up(jobs[name][load.operation], clients=load.clients)
        for name, rounds in interleaved(runs, rounds=effort.load_rounds).items():
            found[load, name] = typical(rounds)
    return found


def _run(job: Job, load: Load, effort: Effort) -> Callable[[], Figures]:
    return partial(drive, job, clients=load.clients, duration_s=effort.load_s)


def _started(stack: ExitStack) -> dict[str, Endpoint]:
    api = stack.enter_context(server("benchmarks.peers.petstore_api"))
    token = httpx.get(f"{api}/token", trust_env=False).json()["access_token"]
    return {
        system.name: Endpoint(_serve(stack, system, api) + system.path, system.prefix, token)
        for system in SYSTEMS
    }


def _serve(stack: ExitStack, system: System, api: str) -> str:
    module = f"benchmarks.peers.{system.module}"
    return stack.enter_context(server(module, api, python=system.python))


def _looked_at(endpoints: Mapping[str, Endpoint]) -> dict[str, bool]:
    for endpoint in endpoints.values():
        endpoint.expect_token_checked()
    return {name: endpoint.checks_arguments() for name, endpoint in endpoints.items()}


def _null(effort: Effort) -> list[Row]:
    with server("benchmarks.peers.null") as url:
        job = Job(url, post(f"{url}/", {}, b"x" * 400), b"{}")
        runs = {n: partial(drive, job, clients=n, duration_s=effort.load_s) for n in CLIENTS}
        rounds = interleaved(runs, rounds=effort.load_rounds)
    return [{"clients": n, **row(typical(each))} for n, each in rounds.items()]


def row(figures: Figures) -> dict[str, float]:
    """Return figures as cells."""
    return {
        "requests/s": figures.requests_per_s,
        "p50 ms": figures.p50_ms,
        "p99 ms": figures.p99_ms,
    }


def _rows(results: Results, checks: Mapping[str, bool]) -> Iterator[Row]:
    for (load, name), figures in results.items():
        checked = "checked" if checks[name] else "not checked"
        where: dict[str, str | int] = {"operation": load.operation, "clients": load.clients}
        yield {**where, "system": name, **row(figures), "arguments": checked}


def _ratios(results: Results) -> Iterator[Row]:
    for load in dict.fromkeys(load for load, _ in results):
        others = [each for (at, name), each in results.items() if at == load and name != OURS]
        ratios = against(results[load, OURS], best(others))
        where: dict[str, str | int] = {"operation": load.operation, "clients": load.clients}
        yield {**where, **ratios, "met": met(min(ratios.values()), at_least=1)}


def best(others: Sequence[Figures]) -> Figures:
    """Return the best of each figure, whoever has it."""
    return Figures(
        requests_per_s=max(each.requests_per_s for each in others),
        p50_ms=min(each.p50_ms for each in others),
        p99_ms=min(each.p99_ms for each in others),
    )


def against(ours: Figures, theirs: Figures) -> dict[str, float]:
    """Return how many times better ours are: more requests, less time."""
    return {
        "requests/s": ours.requests_per_s / theirs.requests_per_s,
        "p50": theirs.p50_ms / ours.p50_ms,
        "p99": theirs.p99_ms / ours.p99_ms,
    }
