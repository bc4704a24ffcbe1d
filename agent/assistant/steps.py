"""What is reported while a question is answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from assistant.gateway import Reply, Tool


@dataclass(frozen=True)
class Step:
    """One thing that was done.

    Attributes:
        kind: `stack`, `token`, `tools`, `call` or `answer`.
        data: what there is to say of it, as JSON values; times are `elapsedMs`.
    """

    kind: Literal["stack", "token", "tools", "call", "answer"]
    data: Mapping[str, Any]


type Report = Callable[[Step], None]


class Stopwatch:
    """Milliseconds since it was made."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start. `clock` returns seconds, from any start."""
        self._clock = clock
        self._start_s = clock()

    def ms(self) -> float:
        """Return the time so far, in milliseconds with one decimal."""
        return round((self._clock() - self._start_s) * 1000, 1)


class ToolServer(Protocol):
    """What lists and calls tools: `assistant.gateway.Gateway`."""

    async def list_tools(self) -> tuple[Tool, ...]:
        """List every tool."""

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        """Call one tool."""


class Reported:
    """A tool server that reports each listing and each call, with its time."""

    def __init__(self, server: ToolServer, report: Report, clock: Callable[[], float]) -> None:
        """Wrap a server."""
        self._server = server
        self._report = report
        self._clock = clock

    async def list_tools(self) -> tuple[Tool, ...]:
        """List every tool."""
        watch = Stopwatch(self._clock)
        tools = await self._server.list_tools()
        self._report(Step("tools", {"names": [one.name for one in tools], "elapsedMs": watch.ms()}))
        return tools

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        """Call one tool."""
        watch = Stopwatch(self._clock)
        failed = True  # unless a reply says otherwise: a refused call is a step too
        try:
            reply = await self._server.call(name, arguments)
            failed = reply.is_error
        finally:
            said = {"name": name, "arguments": dict(arguments), "isError": failed}
            self._report(Step("call", {**said, "elapsedMs": watch.ms()}))
        return reply
