"""Answer a request by the agent that it is for, within the time there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from orchestrator.calls import Agents, Question, Reply
from orchestrator.errors import OrchestratorError
from orchestrator.routing import Route, Router, noting
from orchestrator.sessions import runtime_session
from orchestrator.users import User
from team_agents.request import Request

MIN_HOP_S: Final = 3.0
"""Time that must be left to follow a hand-over in the same turn. It can wait for the next."""


@dataclass(frozen=True)
class Earlier:
    """An agent that was asked first, in the same turn, and handed over: nothing it did is lost."""

    route: Route
    reply: Reply

    def to_json(self) -> dict[str, Any]:
        """Return it as callers see it."""
        said = {"response": self.reply.response, "actions": self.reply.actions}
        return {**self.route.to_json(), **said}


@dataclass(frozen=True)
class Answer:
    """What an agent answers, why it was that one, and who was asked before it."""

    route: Route
    reply: Reply
    earlier: tuple[Earlier, ...] = field(default=())

    def to_json(self) -> dict[str, Any]:
        """Return the reply to a caller: the agent's own, with `routing`."""
        via = [one.to_json() for one in self.earlier]
        return {**self.reply.model_dump(), "routing": {**self.route.to_json(), "via": via}}


@dataclass(frozen=True)
class Orchestrator:
    """Routes requests and asks agents; it serves any number of requests at a time.

    `clock_s` is a monotonic clock.
    """

    router: Router
    agents: Agents
    budget_s: float
    clock_s: Callable[[], float]

    async def answer(self, request: Request, user: User) -> Answer:
        """Answer a request, and follow a hand-over that is made meanwhile, once.

        Raises:
            OrchestratorError: the agent that was chosen gives no answer; `orchestrator.errors`.
        """
        end_s = self.clock_s() + self.budget_s
        route = await self.router.route(request)
        reply = await self._ask(route, request, user, end_s)
        answer = Answer(route, reply)
        to_agent = handed_over_to(reply.actions)
        return await self._follow(answer, to_agent, request, user, end_s) if to_agent else answer

    async def _follow(
        self, answer: Answer, to_agent: str, request: Request, user: User, end_s: float
    ) -> Answer:
        """Ask the agent that an answer was handed over to; if it cannot be, the answer stays."""
        route = self.router.after(answer.route, to_agent)
        if route is None:
            return _staying(answer, f"It was handed over to {to_agent}, which is not deployed.")
        if end_s - self.clock_s() < MIN_HOP_S:
            return _staying(answer, f"{to_agent} goes on with your next message.")
        try:
            reply = await self._ask(route, request, user, end_s)
        except OrchestratorError as error:
            why = (
                f"{to_agent} could not be asked ({error.code}), and goes on with your next message."
            )
            return _staying(answer, why)
        return Answer(route, reply, (Earlier(answer.route, answer.reply),))

    async def _ask(self, route: Route, request: Request, user: User, end_s: float) -> Reply:
        session_id = runtime_session(user, request, route.agent.name)
        question = Question(route.agent, payload_of(request), session_id, user.token)
        return await self.agents.ask(question, within_s=max(end_s - self.clock_s(), 0))


def payload_of(request: Request) -> dict[str, Any]:
    """Return the body for a team's agent."""
    ids = {"customer_id": request.customer_id} if request.customer_id else {}
    return {"prompt": request.prompt, "session_id": request.session_id, **ids}


def handed_over_to(actions: list[dict[str, Any]]) -> str | None:
    """Return the agent that a reply says the conversation was handed over to."""
    made = [one for one in actions if _is_hand_over(one)]
    return str(made[-1]["to"]) if made else None


def _is_hand_over(action: Mapping[str, Any]) -> bool:
    return (
        action.get("kind") == "hand-over"
        and action.get("outcome") == "ok"
        and isinstance(action.get("to"), str)
    )


def _staying(answer: Answer, note: str) -> Answer:
    return Answer(noting(answer.route, note), answer.reply)
