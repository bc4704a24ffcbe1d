"""Calls of AgentCore as its metrics show them: which belong to what, and what went wrong."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from localcloud.agentcore.control.names import gateway_arn
from localcloud.agentcore.memory.names import memory_arn
from localcloud.agentcore.memory.store import MemoryStore
from localcloud.agentcore.metrics import MILLISECONDS, Dimensions, Metrics
from localcloud.agentcore.runtime.model import DEFAULT_ENDPOINT
from localcloud.agentcore.runtime.names import runtime_arn
from localcloud.agentcore.runtime.sessions import Key
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.wire.operations import DATA, Match, find_operation

MEMORY_PATH: Final = b"/memories/"


@dataclass(frozen=True)
class Words:
    """How a service calls its errors: a runtime's have spaces, and a sum."""

    system: str = "SystemErrors"
    user: str = "UserErrors"
    all: str | None = None


RUNTIME_WORDS: Final = Words("System Errors", "User Errors", "Total Errors")
MEMORY_WORDS: Final = Words(all="Errors")


@dataclass(frozen=True)
class Observer:
    """Tells `metrics` of calls; of what does not exist nothing is told."""

    metrics: Metrics
    memories: MemoryStore
    runtimes: RuntimeStore

    def gateway_called(
        self, gateway_id: str, method: str, tool: str | None, status: int, duration_ms: float
    ) -> None:
        """Note a request to a gateway that exists."""
        dimensions: Dimensions = (
            ("Operation", "InvokeGateway"),
            ("Protocol", "MCP"),
            ("Method", method),
            ("Resource", gateway_arn(self.metrics.cloud, gateway_id)),
            *((("Name", tool),) if tool else ()),
        )
        self._called(dimensions, status, duration_ms, Words())
        self.metrics.add("Duration", dimensions, duration_ms, MILLISECONDS)

    def decided(
        self, gateway_id: str, engine_arn: str, mode: str, *, allowed: bool, by: int
    ) -> None:
        """Note a decision of a policy engine, by so many policies."""
        dimensions: Dimensions = (
            ("OperationName", "AuthorizeAction"),
            ("PolicyEngine", engine_arn.rpartition("/")[2]),
            ("TargetResource", gateway_id),
            ("Mode", mode),
        )
        self.metrics.add("Invocations", dimensions)
        self.metrics.add("AllowDecisions" if allowed else "DenyDecisions", dimensions)
        if by:
            self.metrics.add("DeterminingPolicies", dimensions, by)
        else:
            self.metrics.add("NoDeterminingPolicies", dimensions)

    def session_began(self, key: Key) -> None:
        """Note a session of an agent that is about to start."""
        self.metrics.add("Session Count", self._runtime(key.runtime_id, key.endpoint))

    def memory_called(self, match: Match, _query: bytes, status: int, duration_ms: float) -> None:
        """Note a call of a memory's data plane."""
        memory_id = match.segments[0]
        if self.memories.memory(memory_id) is not None:
            resource = memory_arn(self.metrics.cloud, memory_id)
            dimensions = (("Operation", match.operation), ("Resource", resource))
            self._called(dimensions, status, duration_ms, MEMORY_WORDS)

    def runtime_called(self, match: Match, query: bytes, status: int, duration_ms: float) -> None:
        """Note a request to an agent."""
        runtime_id = match.segments[0].rpartition("/")[2]
        (endpoint,) = parse_qs(query.decode("latin-1")).get("qualifier", [DEFAULT_ENDPOINT])[:1]
        known = self.runtimes.endpoint(runtime_id, endpoint) is not None
        if match.operation == "InvokeAgentRuntime" and known:
            dimensions = self._runtime(runtime_id, endpoint)
            self._called(dimensions, status, duration_ms, RUNTIME_WORDS)

    def _runtime(self, runtime_id: str, endpoint: str) -> Dimensions:
        return (
            ("Operation", "InvokeAgentRuntime"),
            ("Resource", runtime_arn(self.metrics.cloud, runtime_id)),
            ("Name", f"{runtime_id.rpartition('-')[0]}::{endpoint}"),
        )

    def _called(
        self, dimensions: Dimensions, status: int, duration_ms: float, words: Words
    ) -> None:
        self.metrics.add("Invocations", dimensions)
        self.metrics.add("Latency", dimensions, duration_ms, MILLISECONDS)
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            self.metrics.add("Throttles", dimensions)
        elif status >= HTTPStatus.BAD_REQUEST:
            failed = status >= HTTPStatus.INTERNAL_SERVER_ERROR
            self.metrics.add(words.system if failed else words.user, dimensions)
            if words.all:
                self.metrics.add(words.all, dimensions)


def memories_observed(app: ASGIApp, observer: Observer) -> ASGIApp:
    """Let the calls of memories' data plane be noted."""
    return _observed(app, MEMORY_PATH, observer.memory_called)


def runtimes_observed(app: ASGIApp, observer: Observer) -> ASGIApp:
    """Let the requests to agents be noted."""
    return _observed(app, b"/runtimes/", observer.runtime_called)


def _observed(
    app: ASGIApp, prefix: bytes, note: Callable[[Match, bytes, int, float], None]
) -> ASGIApp:
    """Note each request whose path begins so, with the time to the first byte of its answer."""

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("raw_path") or b""
        match = None
        if scope["type"] == "http" and path.startswith(prefix):
            match = find_operation(scope["method"], path.decode("latin-1"))
        if match is None or match.service != DATA:
            await app(scope, receive, send)
            return
        began_s = time.monotonic()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                latency_ms = (time.monotonic() - began_s) * 1000
                note(match, scope.get("query_string", b""), message["status"], latency_ms)
            await send(message)

        await app(scope, receive, noting)

    return observed
