"""The sessions of agents: one process each, for as long as its life cycle says.

Sources: Developer Guide, runtime sessions and life cycle settings: a session ends after
`idleRuntimeSessionTimeout` without a request unless its agent is `HealthyBusy`, and after
`maxLifetime` in any case; one id names a new session once the old one has ended. That a session
stays with the version it began with, and how many run at once, are ours (claims
`agentcore-runtime.session.version`, `agentcore-runtime.session.limit`).
"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Protocol

from localcloud.agentcore.errors import QuotaExceeded, ResourceNotFound, RetryableConflict
from localcloud.agentcore.runtime.model import Endpoint, Version

logger = logging.getLogger(__name__)

TICK_S: Final = 1.0
IN_PROGRESS: Final = "Session operation in progress, please retry"
SESSION_BYTES: Final = 512 * 1024 * 1024
"""What a session may need, to say how many there is room for in half of the memory."""
MOST_SESSIONS: Final = 12


class Process(Protocol):
    """What sessions need of a running agent."""

    exited: asyncio.Event
    mcp_session: str | None

    @property
    def url(self) -> str:
        """Return where it is asked."""
        ...

    async def status(self) -> str | None:
        """Return `Healthy`, `HealthyBusy`, or None."""
        ...

    async def stop_if_deaf(self) -> None:
        """End it if it answers no more."""
        ...

    async def stop(self) -> None:
        """End it."""
        ...


@dataclass(frozen=True)
class Key:
    """What names a session: one id may be in use at two endpoints."""

    runtime_id: str
    endpoint: str
    session_id: str


type Start = Callable[[Key, Version], Awaitable[Process]]
"""Starts an agent and waits until it is healthy; raises AgentFailed."""


@dataclass
class Session:
    """One session. Times are of a monotonic clock, in seconds."""

    key: Key
    version: Version
    starting: "asyncio.Task[Process]"
    began_s: float
    used_s: float
    in_use: int = 0
    ending: "asyncio.Task[None] | None" = None

    @property
    def stopping(self) -> bool:
        """Tell whether it is being ended."""
        return self.ending is not None

    @property
    def process(self) -> Process | None:
        """Return the agent's process once it is healthy."""
        done = self.starting.done() and not self.starting.cancelled()
        return self.starting.result() if done and self.starting.exception() is None else None

    @property
    def ended(self) -> bool:
        """Tell whether the process has ended by itself, or never was healthy."""
        if self.process is None:
            return self.starting.done()
        return self.process.exited.is_set()

    def idle(self, now_s: float) -> bool:
        """Tell whether nobody has asked for longer than the version lets it wait."""
        longest_s = self.version.lifecycle["idleRuntimeSessionTimeout"]
        return self.in_use == 0 and bool(now_s - self.used_s >= longest_s)

    def too_old(self, now_s: float) -> bool:
        """Tell whether it has lived as long as the version lets it."""
        return bool(now_s - self.began_s >= self.version.lifecycle["maxLifetime"])


@dataclass
class Sessions:
    """All sessions of one laptop."""

    start: Start
    now_s: Callable[[], float]
    limit: int
    _sessions: dict[Key, Session] = field(default_factory=dict)

    @asynccontextmanager
    async def lease(
        self, endpoint: Endpoint, version: Version, session_id: str
    ) -> AsyncIterator[Process]:
        """Give a session's process, started if need be, and keep it from being idle meanwhile.

        Raises:
            RetryableConflict: the session is just being stopped.
            QuotaExceeded: there is no room for one more.
            AgentFailed: the agent did not start.
        """
        key = Key(endpoint.runtime_id, endpoint.name, session_id)
        session = await self._session(key, version)
        session.in_use += 1
        try:
            yield await self._started(session)
        finally:
            session.in_use -= 1
            session.used_s = self.now_s()

    async def _started(self, session: Session) -> Process:
        # Not just awaited: whoever gives up leaves the start to the others who wait for it.
        await asyncio.wait([session.starting])
        if session.starting.cancelled():
            raise RetryableConflict(IN_PROGRESS)
        if session.process is None:
            self._forget(session)
        return session.starting.result()

    async def stop(self, key: Key) -> None:
        """End a session that is asked for.

        Raises:
            ResourceNotFound: there is none.
        """
        session = self._sessions.get(key)
        if session is None or session.ended:
            raise ResourceNotFound(f"Session {key.session_id} not found")
        await self._stop(session)

    async def stop_all(self, runtime_id: str | None = None, endpoint: str | None = None) -> None:
        """End the sessions of a runtime or of one endpoint, or all there are."""
        found = [
            self._stop(session)
            for key, session in self._sessions.items()
            if runtime_id in (None, key.runtime_id) and endpoint in (None, key.endpoint)
        ]
        await asyncio.gather(*found)

    async def run(self) -> None:
        """End sessions when it is time, until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            try:
                await self.tick()
            except Exception:  # the outermost layer: one that cannot be ended must not keep others
                logger.exception("sessions could not be looked after; it will be tried again")

    async def tick(self) -> None:
        """End the sessions whose time it is now."""
        now_s = self.now_s()
        for session in list(self._sessions.values()):
            if session.ended:
                self._forget(session)
            elif session.too_old(now_s) or await self._is_idle(session, now_s):
                logger.info("session over: %s %s", session.key.runtime_id, session.key.session_id)
                await self._stop(session)

    def count(self) -> int:
        """Return how many sessions there are."""
        return len(self._sessions)

    async def _session(self, key: Key, version: Version) -> Session:
        while (session := self._sessions.get(key)) is None or session.ended:
            self._sessions.pop(key, None)
            if len(self._sessions) < self.limit:
                return self._begin(key, version)
            await self._stop(self._least_used())  # others may be first to take its room
        if session.stopping:
            raise RetryableConflict(IN_PROGRESS)
        return session

    def _begin(self, key: Key, version: Version) -> Session:
        now_s = self.now_s()
        starting = asyncio.ensure_future(self.start(key, version))
        session = Session(key, version, starting, began_s=now_s, used_s=now_s)
        starting.add_done_callback(lambda _: session.process)  # its failure has been looked at
        self._sessions[key] = session
        return session

    def _least_used(self) -> Session:
        unused = [one for one in self._sessions.values() if not one.in_use and not one.stopping]
        if not unused:
            raise QuotaExceeded(f"This laptop runs at most {self.limit} sessions at once")
        return min(unused, key=lambda session: session.used_s)

    async def _is_idle(self, session: Session, now_s: float) -> bool:
        if session.stopping or session.process is None or not session.idle(now_s):
            return False
        if await session.process.status() != "HealthyBusy":
            return session.idle(now_s)  # or it has been used meanwhile
        session.used_s = now_s
        return False

    async def _stop(self, session: Session) -> None:
        if session.ending is None:
            session.ending = asyncio.ensure_future(self._end(session))
        # Whoever gives up, such as a client that leaves, must not break off the end of a process.
        await asyncio.shield(session.ending)

    async def _end(self, session: Session) -> None:
        session.starting.cancel()
        try:
            await asyncio.wait([session.starting])
            if session.process is not None:
                await session.process.stop()
        finally:
            self._forget(session)

    def _forget(self, session: Session) -> None:
        if self._sessions.get(session.key) is session:
            del self._sessions[session.key]


def room() -> int:
    """Return how many sessions this machine has memory for."""
    memory_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(2, min(MOST_SESSIONS, memory_bytes // 2 // SESSION_BYTES))
