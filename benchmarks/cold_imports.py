"""How long a function's modules take to import in a fresh interpreter, against empty handlers.

The environment is Lambda's in what Powertools looks at: without `LAMBDA_TASK_ROOT` a Tracer does
not patch, and an empty handler that has one loads some 200 modules less.
"""

import os
import statistics
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from benchmarks.effort import Effort
from benchmarks.measure import interleaved
from benchmarks.processes import PYTHON, ROOT
from benchmarks.report import Row, Section, met

AIM = 1.25
TIMEOUT_S = 60
WARM_UPS = 1
"""Runs that only write bytecode and fill the file cache."""

_PROGRAM = """
import importlib, sys, time
start = time.perf_counter()
for name in sys.argv[1:]:
    importlib.import_module(name)
print(time.perf_counter() - start)
"""

EMPTY = "Logger, Tracer, Metrics"
API = "the same and a validating resolver"
TRACED = "Logger, Tracer"
LOGGER = "Logger"

BASELINES = {
    EMPTY: ("benchmarks.handlers.empty",),
    API: ("benchmarks.handlers.api",),
    TRACED: ("benchmarks.handlers.traced",),
    LOGGER: ("benchmarks.handlers.logger",),
}
"""Empty handlers, by what of Powertools they use."""


@dataclass(frozen=True)
class Function:
    """A function's handler module, the empty handler like it, and what its first event loads."""

    handler: str
    like: str
    first_event: tuple[str, ...]


FUNCTIONS = (
    Function("petstore.app", API, ("petstore.api",)),
    Function("agent_proxy.app", EMPTY, ("agent_proxy.api",)),
    Function("agent_proxy.stream_app", EMPTY, ("agent_proxy.stream",)),
    Function("chat_page.app", LOGGER, ()),
    Function("crm_tools.app", TRACED, ("bridges.serve", "crm_tools.tools")),
    Function("ticketing_tools.app", TRACED, ("bridges.serve", "ticketing_tools.tools")),
    Function("comms_tools.app", TRACED, ("bridges.serve", "comms_tools.tools")),
    Function("internal_api.app", TRACED, ("internal_api.api",)),
    Function("crm_seeds.app", LOGGER, ("custom_resources.direct", "crm_seeds.service")),
    Function("token_claims.app", LOGGER, ()),
    Function("pet_seeds.app", LOGGER, ("custom_resources.direct", "pet_seeds.service")),
    Function("demo_user.app", LOGGER, ("custom_resources.direct", "demo_user.service")),
    Function("agentcore_resources.app", TRACED, ("agentcore_resources.door",)),
    Function("provisioner.app", TRACED, ("provisioner.world",)),
)


def sections(effort: Effort) -> Iterator[Section]:
    """Measure everything here."""
    programs = dict(_programs())
    runs = {name: partial(_seconds, modules) for name, modules in programs.items()}
    interleaved(runs, rounds=WARM_UPS)
    rounds = interleaved(runs, rounds=effort.import_rounds)
    medians_ms = {name: statistics.median(times) * 1000 for name, times in rounds.items()}
    title = "Cold import: empty Powertools handlers"
    yield Section("baselines", title, _baselines(medians_ms))
    title = "Cold import: each function's handler module"
    rows = [_row(function, medians_ms) for function in FUNCTIONS]
    yield Section("cold-imports", title, rows, aim=f"at most {AIM} times an empty handler")
    title = "Cold import: the handler and everything its first event loads"
    yield Section("first-events", title, [_first(function, medians_ms) for function in FUNCTIONS])


def _programs() -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from BASELINES.items()
    for function in FUNCTIONS:
        yield function.handler, (function.handler,)
        yield _whole(function), (function.handler, *function.first_event)


def _whole(function: Function) -> str:
    return f"{function.handler} and its first event"


def _baselines(medians_ms: Mapping[str, float]) -> list[Row]:
    return [{"empty handler with": name, "ms": medians_ms[name]} for name in BASELINES]


def _row(function: Function, medians_ms: Mapping[str, float]) -> Row:
    taken_ms = medians_ms[function.handler]
    to_empty, to_like = taken_ms / medians_ms[EMPTY], taken_ms / medians_ms[function.like]
    return {
        "function": function.handler,
        "ms": taken_ms,
        f"to {EMPTY}": to_empty,
        "to the one like it": to_like,
        "like it": function.like,
        "met": met(max(to_empty, to_like), at_most=AIM),
    }


def _first(function: Function, medians_ms: Mapping[str, float]) -> Row:
    taken_ms = medians_ms[_whole(function)]
    return {
        "function": function.handler,
        "also loads": ", ".join(function.first_event),
        "ms": taken_ms,
        f"to {EMPTY}": taken_ms / medians_ms[EMPTY],
        "to the one like it": taken_ms / medians_ms[function.like],
    }


def _seconds(modules: tuple[str, ...]) -> float:
    done = subprocess.run(
        (PYTHON, "-c", _PROGRAM, *modules),
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=TIMEOUT_S,
        check=True,
    )
    return float(done.stdout.splitlines()[-1])


def environment() -> dict[str, str]:
    """Return the environment of a fresh interpreter, as Lambda's is."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}",
        "LAMBDA_TASK_ROOT": str(ROOT / "functions"),
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.12",
        "AWS_LAMBDA_FUNCTION_NAME": "benchmark",
        "AWS_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "benchmark",
        "POWERTOOLS_METRICS_NAMESPACE": "Benchmark",
    }
