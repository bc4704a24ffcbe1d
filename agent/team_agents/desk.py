"""What an agent does for one request, step by step: the nodes of its graph.

The operating rules hold here and in the graph's edges, not in a prompt, and so with any model: what
was handed over is read before anything else, what is known is looked up before the model speaks,
what another team has to do is handed over without asking the model, a Critical case that policies
refuse is escalated, and every interaction is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langgraph.errors import GraphRecursionError

from assistant.errors import TooManySteps
from assistant.gateway import Reply, Tool
from assistant.graph import build_graph
from assistant.models import Model
from assistant.tools import to_langchain
from platform_memory.model import HandOver, Message, Passage
from request_routing.classifier import Choice, Classifier
from team_agents import texts
from team_agents.journal import Journal
from team_agents.profiles import Profile
from team_agents.remembering import Remembering
from team_agents.request import Request
from team_agents.tools import HAND_OVER, UserTools, hand_over_tool, is_order


class Work(TypedDict, total=False):
    """How far a request is."""

    taken: HandOver | None
    said: Sequence[Message]
    known: Sequence[Passage]
    other_team: Choice | None
    response: str


@dataclass(frozen=True)
class Desk:
    """An agent at work on one request. `tools` are those that the user may call."""

    profile: Profile
    request: Request
    journal: Journal
    remembering: Remembering
    server: UserTools
    tools: Sequence[Tool]
    model: Model
    classifier: Callable[[], Classifier]

    async def check_hand_over(self, state: Work) -> Work:
        """Read what another agent has handed over."""
        return {"taken": await self.remembering.pending_hand_over()}

    async def recall(self, state: Work) -> Work:
        """Read what was said in this conversation, and what is known of the customer."""
        said, known = await asyncio.gather(self.remembering.said(), self.remembering.known())
        return {"said": said, "known": known}

    async def triage(self, state: Work) -> Work:
        """Find out whether the request is another team's.

        What has just been handed over is not handed on by this, it has been thought about; nor is
        an order for one of the user's tools.
        """
        if state["taken"] is not None or is_order(self.request.prompt, self.tools):
            return {"other_team": None}
        choice = await asyncio.to_thread(self._classify)
        mine = choice.agent not in self.profile.hands_over_to
        unsure = not (choice.is_sure and choice.evidence)
        return {"other_team": None if mine or unsure else choice}

    def is_others(self, state: Work) -> Literal["hand_over", "think"]:
        """Choose what follows `triage`."""
        return "hand_over" if state["other_team"] else "think"

    async def hand_over(self, state: Work) -> Work:
        """Leave the request to the other team."""
        choice = state["other_team"]
        if choice is None:  # the edge that leads here has made sure of it
            raise ValueError("no other team")
        more = {"reason": choice.reason, "evidence": list(choice.evidence)}
        return {"response": await self._pass_on(state, choice.agent, None, more)}

    async def think(self, state: Work) -> Work:
        """Let the model answer, with the user's tools and the tool to hand over.

        Raises:
            ModelUnavailable, TooManySteps: see `assistant.graph.build_graph`.
            AgentError: what the gateway raises.
        """

        async def call(name: str, arguments: dict[str, Any]) -> Reply:
            if name == HAND_OVER:
                return await self._asked_to_hand_over(state, arguments)
            return await self.server.call(name, arguments)

        offered = [*self.tools, hand_over_tool(self.profile.hands_over_to)]
        graph = build_graph(
            self.model,
            to_langchain(offered, call),
            instructions=texts.instructions(self.profile, state["taken"], state["known"]),
            stop=self.journal.ends_here,
        )
        try:
            spoken = await graph.ainvoke({"messages": self._messages(state)})
        except GraphRecursionError as error:
            raise TooManySteps(f"{self.model.name} found no answer in the steps it has") from error
        if self.journal.handed_over_to:
            return {"response": texts.handed_over(self.journal.handed_over_to)}
        return {"response": spoken["messages"][-1].text}

    def is_refused(self, state: Work) -> Literal["escalate", "remember"]:
        """Choose what follows `think`."""
        return "escalate" if self.journal.refused_case is not None else "remember"

    async def escalate(self, state: Work) -> Work:
        """Tell that a Critical case was refused, and hand it over; the model has no say in it."""
        to_agent = self.profile.escalates_to
        case = dict(self.journal.refused_case or {})
        reason = f"A Critical case was refused by policy: {case.get('subject', 'no subject')}."
        said = await self._pass_on(
            state, to_agent, reason, {"reason": reason, "refused_case": case}
        )
        return {"response": f"{texts.CRITICAL_REFUSED} {said}"}

    async def remember(self, state: Work) -> Work:
        """Store a summary of the interaction, and say what the memory has failed at."""
        taken = state["taken"]
        response = texts.continued(taken, state["response"])
        summary = texts.summary_of_interaction(self.profile, self.journal, taken, response)
        taking = [self.remembering.take_over(taken)] if taken else []
        await asyncio.gather(self.remembering.store(summary), *taking)
        return {"response": "\n".join([response, *texts.unread_and_unstored(self.journal)])}

    async def remember_failure(self, code: str) -> None:
        """Store that there was no answer, and what was done all the same."""
        failed = f"{texts.NOT_ANSWERED} ({code})."
        summary = texts.summary_of_interaction(self.profile, self.journal, None, failed)
        await self.remembering.store(summary)

    def _classify(self) -> Choice:
        return self.classifier().classify(self.request.prompt)

    def _messages(self, state: Work) -> list[BaseMessage]:
        before = [
            HumanMessage(one.text) if one.role == "USER" else AIMessage(one.text)
            for one in state["said"]
        ]
        return [*before, HumanMessage(self.request.prompt)]

    async def _asked_to_hand_over(self, state: Work, arguments: dict[str, Any]) -> Reply:
        """Do as the model asks, unless it hands back what it was handed."""
        to_agent, reason = str(arguments.get("target_agent")), str(arguments.get("reason", ""))
        if to_agent not in self.profile.hands_over_to:
            return Reply(f"There is no {texts.shortened(to_agent)} to hand over to.", is_error=True)
        taken = state["taken"]
        if taken is not None and to_agent == taken.from_agent:
            return Reply(f"{to_agent} has handed this over to you: see to it.", is_error=True)
        text = await self._pass_on(state, to_agent, reason, {"reason": reason})
        return Reply(text, is_error=self.journal.handed_over_to is None)

    async def _pass_on(
        self, state: Work, to_agent: str, reason: str | None, more: dict[str, Any]
    ) -> str:
        """Hand over with all there is to know of the request; return what to say of it."""
        context = {
            "prompt": self.request.prompt,
            "conversation": [{"role": one.role, "text": one.text} for one in state["said"]],
            "known": [one.text for one in state["known"]],
            "tools": self.journal.tools(),
            **more,
        }
        summary = texts.summary_of_request(self.request, reason)
        done = await self.remembering.hand_over(to_agent, summary, context)
        return texts.handed_over(to_agent) if done else texts.not_handed_over(to_agent)
