"""A gateway of 100 targets with 1,000 tools: what it takes to list, to search and to call.

Over plain loopback HTTP, one request after the other, beside a gateway of one target.
"""

import os
import statistics
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.effort import Effort
from benchmarks.measure import percentile
from benchmarks.peers.large_gateway import GATEWAY_ID, TOOLS_A_TARGET
from benchmarks.processes import server
from benchmarks.report import Row, Section, met
from benchmarks.tool_search import sets
from localcloud.agentcore.gateway.search.tool import NAME as SEARCH_TOOL

TARGETS = (1, 100)
AIM_MS = 10.0
"""Longest that a search among 1,000 tools should take, for half of all."""

ROUNDS = 5
TIMEOUT_S = 300.0
PACE_S = 0.05
"""Between two lists during the first search: a client that never rests would slow it."""


class WrongAnswer(Exception):
    """The gateway does not do what it is measured at."""


@dataclass
class Client:
    """Speaks to the gateway, and keeps how long each kind of request took, in milliseconds."""

    http: httpx.Client
    taken_ms: dict[str, list[float]] = field(default_factory=dict)

    def ask(self, kind: str, method: str, **params: object) -> Mapping[str, Any]:
        """Send one request and return its result."""
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        started_s = time.perf_counter()
        answer = self.http.post(f"/_gateways/{GATEWAY_ID}/mcp", json=message)
        self.taken_ms.setdefault(kind, []).append((time.perf_counter() - started_s) * 1000)
        result: Mapping[str, Any] = answer.raise_for_status().json()["result"]
        return result

    def call(self, kind: str, tool: str, **arguments: str) -> Mapping[str, Any]:
        """Call a tool."""
        return self.ask(kind, "tools/call", name=tool, arguments=arguments)

    def search(self, kind: str, query: str) -> Sequence[str]:
        """Return the names of the tools that are found."""
        found = self.call(kind, SEARCH_TOOL, query=query)["structuredContent"]["tools"]
        return [tool["name"] for tool in found]

    def list_all(self) -> list[str]:
        """Page through all tools; the time of the whole is kept."""
        names: list[str] = []
        params: dict[str, str] = {}
        started_s = time.perf_counter()
        while params or not names:
            page = self.ask("list, a page", "tools/list", **params)
            names += [tool["name"] for tool in page["tools"]]
            params = {"cursor": page["nextCursor"]} if "nextCursor" in page else {}
        self.taken_ms.setdefault("list, all", []).append((time.perf_counter() - started_s) * 1000)
        return names

    def memory_mb(self) -> float:
        """Return how much memory the gateway's process has."""
        return float(self.http.get("/memory").json()["resident_kb"]) / 1000


def sections(effort: Effort) -> Iterator[Section]:
    """Measure everything here."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the laptop cloud has it
    times: list[Row] = []
    memory: list[Row] = []
    for targets in TARGETS:
        with server("benchmarks.peers.large_gateway", str(targets)) as url:
            timed, used = _measured(url, targets, effort)
        times += timed
        memory.append(used)
    title = "Large gateway: times of one client's requests"
    aim = f"searches among 1,000 tools, p50 at most {AIM_MS:.0f} ms"
    yield Section("large-gateway", title, times, aim=aim)
    yield Section("large-gateway-memory", "Large gateway: memory of its process", memory)


def _measured(url: str, targets: int, effort: Effort) -> tuple[list[Row], Row]:
    tools = targets * TOOLS_A_TARGET
    with httpx.Client(base_url=url, trust_env=False, timeout=TIMEOUT_S) as http:
        client = Client(http)
        used: dict[str, str | int | float | None] = {
            "tools": tools,
            "at first MB": client.memory_mb(),
        }
        names = client.list_all()  # begins to read the tools, as a client's first list does
        if names[0] != SEARCH_TOOL or len(set(names)) != tools + 1:
            raise WrongAnswer(f"{len(names)} tools are listed, not {tools} and the search")
        _first_search(client)
        used |= {"after a search MB": client.memory_mb()}
        _load(client, names, effort)
        used |= {"after all MB": client.memory_mb()}
    return list(rows(tools, client.taken_ms)), used


def _first_search(client: Client) -> None:
    """Search once, which reads every tool, and list now and then meanwhile."""
    searching = threading.Thread(target=client.search, args=("search, the first", "refund"))
    searching.start()
    while searching.is_alive():
        client.ask("list, during the first search", "tools/list")
        searching.join(PACE_S)


def _load(client: Client, names: Sequence[str], effort: Effort) -> None:
    queries = [one.query for one in sets.read(sets.FROZEN).questions]
    for query in queries:
        client.search("search, a new query", query)
    for _ in range(ROUNDS * effort.load_rounds):
        client.list_all()
        for number in range(20):
            client.search("search, a known query", queries[-1 - number])
            result = client.call("call", names[-1], **{})
            if result["content"][0]["type"] != "text":
                raise WrongAnswer("a call has no text")


def rows(tools: int, taken_ms: Mapping[str, Sequence[float]]) -> Iterator[Row]:
    """Return a row for each kind of request; searches among 1,000 tools have an aim."""
    for kind, each in taken_ms.items():
        timed = kind.startswith("search, a ") and tools >= 1000
        p50 = statistics.median(each)
        yield {
            "tools": tools,
            "request": kind,
            "times": len(each),
            "p50 ms": p50,
            "p99 ms": percentile(each, 0.99),
            "met": met(p50, at_most=AIM_MS) if timed else "",
        }
