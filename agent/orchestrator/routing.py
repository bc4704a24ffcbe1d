"""Which agent gets a request: a hand-over that waits, then the classifier, then the default."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, Protocol

from orchestrator.registry import Agent, Registry
from platform_memory.errors import PlatformMemoryError
from platform_memory.model import HandOver
from request_routing.classifier import DEFAULT_AGENT, Choice
from serving.memory import LIMIT_S, TIMEOUT_CODE
from team_agents.request import Request

if TYPE_CHECKING:
    from request_routing.classifier import Classifier


type By = Literal["hand-over", "classifier", "default"]

logger = logging.getLogger(__name__)


class HandOvers(Protocol):
    """What is read of `platform_memory.manager.PlatformMemory`. It blocks."""

    def pending_hand_over(self, customer_id: str, session_id: str) -> HandOver | None:
        """Return the newest hand-over in a session, if none has taken it."""

    def taken_over_by(self, customer_id: str, session_id: str) -> str | None:
        """Return the agent that took the newest hand-over in a session."""


@dataclass(frozen=True)
class Route:
    """The agent that gets a request, and why. `confidence` is 0 to 1."""

    agent: Agent
    by: By
    reason: str
    confidence: float
    evidence: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as callers see it."""
        return {
            "agent": self.agent.name,
            "by": self.by,
            "reason": self.reason,
            "confidence": round(self.confidence, 3),
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True)
class Router:
    """Chooses agents. `classifier` is made when it is needed: it may take its time."""

    registry: Registry
    hand_overs: HandOvers
    classifier: Callable[[], Classifier]
    limit_s: float = LIMIT_S

    async def route(self, request: Request) -> Route:
        """Choose.

        A hand-over that waits wins. Otherwise the classifier's choice is followed if it is sure;
        if not, whoever has taken this conversation over goes on with it, and else DEFAULT_AGENT.
        """
        about = request.actor_id, request.session_id
        waiting, code = await self._ask(lambda: self.hand_overs.pending_hand_over(*about))
        if waiting is not None:
            return self._handed_over(waiting)
        choice = await asyncio.to_thread(self._classify, request.prompt)
        if choice.is_sure:
            return self._chosen(choice, _unread(code))
        taker, _ = await self._ask(lambda: self.hand_overs.taken_over_by(*about))
        if taker is not None and (agent := self.registry.find(taker)):
            reason = f"{taker} has taken this conversation over, and goes on with it."
            return Route(agent, "hand-over", reason, 1.0)
        unclear = f"It is not clear which team this is for. {choice.reason}{_unread(code)}"
        return self._default(unclear, choice.confidence, choice.evidence)

    def after(self, route: Route, to_agent: str) -> Route | None:
        """Return where a request goes on that an agent has handed over in its turn, if it can."""
        agent = self.registry.find(to_agent)
        if agent is None or agent == route.agent:
            return None
        reason = f"{route.agent.name} has handed this over to {to_agent} in this turn."
        return Route(agent, "hand-over", reason, 1.0)

    def _handed_over(self, waiting: HandOver) -> Route:
        agent = self.registry.find(waiting.to_agent)
        if agent is not None:
            reason = f"{waiting.from_agent} has handed this conversation over to {agent.name}."
            return Route(agent, "hand-over", reason, 1.0)
        reason = f"{waiting.from_agent} has handed this conversation over to {waiting.to_agent}"
        return self._default(f"{reason}, which is not deployed.", 1.0)

    def _chosen(self, choice: Choice, unread: str) -> Route:
        agent = self.registry.find(choice.agent)
        if agent is None:
            reason = f"{choice.reason} That is for {choice.agent}, which is not deployed.{unread}"
            return self._default(reason, choice.confidence, choice.evidence)
        reason = f"{choice.reason}{unread}"
        return Route(agent, "classifier", reason, choice.confidence, choice.evidence)

    def _default(self, reason: str, confidence: float, evidence: tuple[str, ...] = ()) -> Route:
        agent = self.registry.find(DEFAULT_AGENT)
        if agent is None:  # `Registry.read` has made sure of it
            raise ValueError(f"there is no {DEFAULT_AGENT}")
        whole = f"{reason} {DEFAULT_AGENT} takes what is nobody else's."
        return Route(agent, "default", whole, confidence, evidence)

    def _classify(self, prompt: str) -> Choice:
        return self.classifier().classify(prompt)

    async def _ask[T](self, ask: Callable[[], T]) -> tuple[T | None, str | None]:
        """Return what the memory knows, or None and the code of its failure."""
        try:
            async with asyncio.timeout(self.limit_s):
                return await asyncio.to_thread(ask), None
        except PlatformMemoryError as error:
            code = error.code
        except TimeoutError:
            code = TIMEOUT_CODE
        logger.warning("memory failed", extra={"code": code})
        return None, code


def noting(route: Route, note: str) -> Route:
    """Return the route with one more sentence to its reason."""
    return replace(route, reason=f"{route.reason} {note}")


def _unread(code: str | None) -> str:
    return f" Whether it was handed over cannot be read ({code})." if code else ""
