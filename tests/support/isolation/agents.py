"""Agents that forget nothing: each session's process tells every caller all that it has heard."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2

from localcloud.agentcore.runtime.model import Version
from localcloud.agentcore.runtime.sessions import Key

PIECE_BYTES = 256
"""Of an answer at a time: others are answered in between."""


@dataclass
class Remembering:
    """One process of an agent, as `Sessions` have it."""

    number: int
    heard: list[str] = field(default_factory=list)
    exited: asyncio.Event = field(default_factory=asyncio.Event)
    mcp_session: str | None = None

    @property
    def url(self) -> str:
        """Return where it is asked."""
        return f"http://agent-{self.number}.test/invocations"

    async def status(self) -> str | None:
        """Say that nothing goes on."""
        return "Healthy"

    async def stop_if_deaf(self) -> None:
        """Stay: it hears."""

    async def stop(self) -> None:
        """Forget after all."""
        self.exited.set()


class _Told(httpx2.AsyncByteStream):
    """What an agent says, in pieces."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._content), PIECE_BYTES):
            await asyncio.sleep(0)
            yield self._content[start : start + PIECE_BYTES]


class Agents:
    """Starts them, and is the network to them."""

    def __init__(self) -> None:
        """Begin without any."""
        self._numbers = itertools.count(1)
        self._processes: dict[str, Remembering] = {}
        self.calls = 0

    async def start(self, _: Key, __: Version) -> Remembering:
        """Start one; it takes a moment."""
        await asyncio.sleep(0)
        process = Remembering(next(self._numbers))
        self._processes[f"agent-{process.number}.test"] = process
        return process

    def client(self) -> httpx2.AsyncClient:
        """Return what speaks to them."""
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self._answer))

    async def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.calls += 1
        process = self._processes[request.url.host]
        process.heard.append(request.content.decode())
        await asyncio.sleep(0)
        return httpx2.Response(200, stream=_Told(json.dumps({"heard": process.heard}).encode()))
