"""Answer a request with the rights of the user who makes it, within the time there is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.steps import ToolServer
from serving.outcomes import INTERNAL
from team_agents.desk import Desk
from team_agents.errors import AnswerTimeout
from team_agents.graph import build_team_graph
from team_agents.journal import Action, Journal
from team_agents.remembering import Remembering
from team_agents.tools import UserToken, UserTools

if TYPE_CHECKING:
    from assistant.gateway import Tool
    from assistant.models import Model
    from platform_memory.manager import PlatformMemory
    from request_routing.classifier import Classifier
    from team_agents.profiles import Profile
    from team_agents.request import Request

type OpensGateway = Callable[[UserToken], AbstractAsyncContextManager[ToolServer]]
"""Connects to the gateway with a user's token."""


@dataclass(frozen=True)
class Answer:
    """What to say, and what was done."""

    text: str
    actions: tuple[Action, ...]


@dataclass(frozen=True)
class TeamAgent:
    """One of the agents; it serves any number of requests at a time.

    `classifier` is made when it is needed: it may take its time.
    """

    profile: Profile
    model: Model
    memory: PlatformMemory
    open_gateway: OpensGateway
    classifier: Callable[[], Classifier]
    budget_s: float

    async def answer(self, request: Request, token: str) -> Answer:
        """Answer a request. Without a tool that the user may call, nothing is read or written.

        Raises:
            NotPermitted: the user may call no tool.
            AnswerTimeout: no answer within the budget.
            AgentError: the model or the gateway fails, or the gateway refuses the token.
        """
        journal = Journal()
        desk: Desk | None = None
        try:
            async with (
                asyncio.timeout(self.budget_s),
                self.open_gateway(UserToken(token)) as server,
            ):
                tools = UserTools(server, journal, request.customer_id)
                desk = self._desk(request, journal, tools, await tools.list_tools())
                work = await build_team_graph(desk).ainvoke({})
        except Exception as error:  # whatever it is: it is remembered, and goes on its way
            timed_out = isinstance(error, TimeoutError)
            code = AnswerTimeout.code if timed_out else getattr(error, "code", INTERNAL.code)
            if desk is not None:
                await desk.remember_failure(str(code))
            if timed_out:
                raise AnswerTimeout(f"no answer within {self.budget_s:g} seconds") from error
            raise
        return Answer(work["response"], tuple(journal.actions))

    def _desk(
        self, request: Request, journal: Journal, server: UserTools, tools: Sequence[Tool]
    ) -> Desk:
        return Desk(
            profile=self.profile,
            request=request,
            journal=journal,
            remembering=Remembering(self.memory, self.profile, request, journal),
            server=server,
            tools=tools,
            model=self.model,
            classifier=self.classifier,
        )
