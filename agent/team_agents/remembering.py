"""Shared memory as an agent uses it: off the event loop, bounded, and never in an answer's way.

`PlatformMemory` blocks, and a memory that is gone would use up the time there is. What fails is
written down, and the agent goes on with what it has.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_memory.errors import PlatformMemoryError
from platform_memory.manager import PlatformMemory
from platform_memory.model import HandOver, Message, Passage
from serving.memory import LIMIT_S, TIMEOUT_CODE
from team_agents.journal import Journal, Kind
from team_agents.profiles import CUSTOMERS, INCIDENTS, SRE, Profile
from team_agents.request import Request

MAX_TURNS = 20
"""Of a conversation so far, that a model gets to see: ten questions with their answers."""

MAX_PASSAGES = 5
"""Of what is known, in each store."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Remembering:
    """What one agent reads and writes for one request."""

    memory: PlatformMemory
    profile: Profile
    request: Request
    journal: Journal
    limit_s: float = LIMIT_S

    async def pending_hand_over(self) -> HandOver | None:
        """Return what another agent has left for this one, if it has."""
        about = self.request.actor_id, self.request.session_id, self.profile.name
        found = await self._try("hand-over-check", lambda: self.memory.pending_hand_over(*about))
        if not self.journal.failed("hand-over-check"):
            said = {"from": found.from_agent} if found else {}
            self.journal.note("hand-over-check", "ok" if found else "none", **said)
        return found

    async def said(self) -> list[Message]:
        """Return what was said in this conversation, to whichever agent, oldest first."""
        about = CUSTOMERS, self.request.actor_id, self.request.session_id
        found = await self._try("recall", lambda: self.memory.session_history(*about))
        return (found or [])[-MAX_TURNS:]

    async def known(self) -> list[Passage]:
        """Return what is known of the customer, and of incidents if the agent is one for them."""
        places = [(CUSTOMERS, f"/customers/{self.request.actor_id}/")]
        if self.profile.has_incidents:
            places.append((INCIDENTS, f"/incidents/{SRE}/"))
        found = await asyncio.gather(*(self._retrieve(*place) for place in places))
        return [passage for one in found for passage in one]

    async def store(self, summary: str) -> None:
        """Keep what was asked and what came of it."""
        said = [Message("USER", self.request.prompt), Message("ASSISTANT", summary)]
        actors = [(CUSTOMERS, self.request.actor_id)]
        if self.profile.has_incidents:
            actors.append((INCIDENTS, SRE))
        await asyncio.gather(*(self._store(*one, said) for one in actors))

    async def take_over(self, taken: HandOver) -> None:
        """Say that the agent has gone on from a hand-over."""
        done = await self._try("hand-over-taken", lambda: self._take(taken))
        if done:
            self.journal.note("hand-over-taken", "ok", **{"from": taken.from_agent})

    async def hand_over(self, to_agent: str, summary: str, context: Mapping[str, Any]) -> bool:
        """Leave the conversation to another agent; tell whether that worked."""
        one = self.request
        found = await self._try(
            "hand-over",
            lambda: self.memory.hand_over(
                self.profile.name, to_agent, one.actor_id, one.session_id, summary, context
            ),
            to=to_agent,
        )
        if found is None:
            return False
        self.journal.note("hand-over", "ok", to=to_agent)
        self.journal.handed_over_to = to_agent
        return True

    async def _retrieve(self, store: str, path: str) -> list[Passage]:
        found = await self._try(
            "recall",
            lambda: self.memory.retrieve_context(
                store, self.request.prompt, namespace_path=path, max_results=MAX_PASSAGES
            ),
            store=store,
        )
        if found is None:
            return []
        self.journal.note("recall", "ok" if found else "none", store=store, found=len(found))
        return found

    async def _store(self, store: str, actor_id: str, said: Sequence[Message]) -> None:
        found = await self._try(
            "store",
            lambda: self.memory.store_interaction(store, actor_id, self.request.session_id, said),
            store=store,
        )
        if found is not None:
            self.journal.note("store", "ok", store=store)

    def _take(self, taken: HandOver) -> bool:
        self.memory.take_over(taken)
        return True

    async def _try[T](
        self,
        kind: Kind,
        ask: Callable[[], T],
        **about: Any,  # noqa: ANN401 - JSON
    ) -> T | None:
        try:
            async with asyncio.timeout(self.limit_s):
                return await asyncio.to_thread(ask)
        except PlatformMemoryError as error:
            code = error.code
        except TimeoutError:
            code = TIMEOUT_CODE
        self.journal.note(kind, "failed", code=code, **about)
        _logger.warning("memory failed", extra={"code": code, "kind": kind})
        return None
