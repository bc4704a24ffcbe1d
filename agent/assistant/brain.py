"""A chat model without a network: it routes to tools and quotes what they answer.

It understands no more than `assistant.offline` spells out, and says so when that is not enough.
What it never does is make something up: every fact in an answer stands in a tool's result, and a
tool that changes things is called only on an order that names its verb.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolCall, ToolMessage
from pydantic import Field

from assistant.deterministic import DeterministicChat
from assistant.offline.found import Value
from assistant.offline.quoting import Answered, is_cursor, quote, read_page
from assistant.offline.routing import Call, Plan, Similarity, Weights, plan
from assistant.offline.schema import ToolCard, read_card
from assistant.offline.words import overlap, straighten

# Pages read to find a name or the cheapest; with the first question it must stay below the
# rounds the graph allows.
MAX_PAGES = 4


@dataclass(frozen=True)
class Exchange:
    """A call that was made since the question, and the tool's answer."""

    call: Call
    text: str
    is_error: bool


class OfflineChat(DeterministicChat):
    """A deterministic model for tools.

    Attributes:
        similarity: how near a clause is to a tool's text, 0 to 1.
        weights: what else counts, and from which score on a tool is used.
    """

    similarity: Similarity = overlap
    weights: Weights = Field(default_factory=Weights)

    @property
    def _llm_type(self) -> str:
        return "offline"

    def reply(
        self, messages: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]]
    ) -> AIMessage:
        """Call the tools the question asks for, then quote what they answered."""
        cards = [read_card(one["function"]) for one in tools]
        question, exchanges = _since_question(messages)
        plans = plan(straighten(question), cards, self.similarity, self.weights)
        calls = _next_calls(plans, exchanges)
        if calls:
            return AIMessage("", tool_calls=_tool_calls(calls, len(messages)))
        return AIMessage(_answer(plans, exchanges, cards))


def _since_question(messages: Sequence[BaseMessage]) -> tuple[str, list[Exchange]]:
    """Return the last question, and what was called and answered since."""
    asked = [at for at, one in enumerate(messages) if isinstance(one, HumanMessage)]
    if not asked:
        return "", []
    since = messages[asked[-1] + 1 :]
    made = {
        one["id"]: Call(one["name"], one["args"])
        for message in since
        if isinstance(message, AIMessage)
        for one in message.tool_calls
    }
    exchanges = [
        Exchange(made[one.tool_call_id], one.text, one.status == "error")
        for one in since
        if isinstance(one, ToolMessage)
    ]
    return messages[asked[-1]].text, exchanges


def _next_calls(plans: Sequence[Plan], exchanges: Sequence[Exchange]) -> list[Call]:
    """Return the planned calls at first, later the pages that are still wanted."""
    if not exchanges:
        return [call for one in plans for call in one.calls]
    return [
        page
        for one in plans
        for call in one.calls
        if (page := _next_page(one, _of(call, exchanges)))
    ]


def _of(call: Call, exchanges: Sequence[Exchange]) -> list[Exchange]:
    """Return the exchanges of one planned call, its later pages included."""
    return [
        one
        for one in exchanges
        if one.call.tool == call.tool and _without_cursor(one.call) == call.arguments
    ]


def _without_cursor(call: Call) -> dict[str, Value]:
    return {key: value for key, value in call.arguments.items() if not is_cursor(key)}


def _next_page(asked: Plan, pages: Sequence[Exchange]) -> Call | None:
    if not asked.focus.needs_all or len(pages) >= MAX_PAGES or not pages:
        return None
    last = pages[-1]
    page = None if last.is_error else read_page(last.text)
    known = {one.name for one in asked.card.parameters} if asked.card else set()
    more = {key: value for key, value in page.more.items() if key in known} if page else {}
    return Call(last.call.tool, {**last.call.arguments, **more}) if more else None


def _tool_calls(calls: Sequence[Call], turn: int) -> list[ToolCall]:
    return [
        ToolCall(name=one.tool, args=one.arguments, id=f"offline-{turn}-{at}")
        for at, one in enumerate(calls)
    ]


def _answer(plans: Sequence[Plan], exchanges: Sequence[Exchange], cards: Sequence[ToolCard]) -> str:
    if not plans:
        return f"Please ask me something. {_abilities(cards)}"
    said = [_answer_clause(one, exchanges, cards) for one in plans]
    return "\n".join(dict.fromkeys(said))


def _answer_clause(asked: Plan, exchanges: Sequence[Exchange], cards: Sequence[ToolCard]) -> str:
    if asked.missing and asked.card:
        wanted = " and the ".join(one.label for one in asked.missing)
        return f"To {asked.card.label} I need the {wanted}. Please tell me."
    if not asked.card:
        return f"I cannot help with that. {_abilities(cards)}"
    answers = [
        Answered(asked.card.label, one.call.arguments, one.text, one.is_error)
        for call in asked.calls
        for one in _of(call, exchanges)
    ]
    return quote(answers, asked.focus)


def _abilities(cards: Sequence[ToolCard]) -> str:
    if not cards:
        return "I have no tools to answer with."
    return f"What I can do: {', '.join(dict.fromkeys(one.label for one in cards))}."
