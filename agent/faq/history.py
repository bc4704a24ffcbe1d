"""What of a conversation is kept, and how an answer carries the entries it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage

QUOTED = "faq_questions"
"""In an answer's `response_metadata`: the questions of the entries it rests on, the best first."""


@dataclass(frozen=True)
class Turn:
    """One question and its answer. `quoted` are questions of FAQ entries."""

    question: str
    answer: str
    quoted: tuple[str, ...]
    at: datetime


def quoted_questions(message: BaseMessage) -> list[str]:
    """Return the FAQ questions an answer says it rests on."""
    return list(message.response_metadata.get(QUOTED, ()))


def to_messages(turns: Sequence[Turn]) -> list[BaseMessage]:
    """Return turns as a model reads them, in the order given."""
    return [
        message
        for one in turns
        for message in (
            HumanMessage(one.question),
            AIMessage(one.answer, response_metadata={QUOTED: list(one.quoted)}),
        )
    ]


def last_turn(messages: Sequence[BaseMessage], at: datetime) -> Turn | None:
    """Return the turn that a conversation ends with; None if its question has no answer yet."""
    asked = [one for one in messages if isinstance(one, HumanMessage)]
    said = messages[-1] if messages else None
    if not asked or not isinstance(said, AIMessage) or said.tool_calls:
        return None
    return Turn(asked[-1].text, said.text, tuple(quoted_questions(said)), at)
