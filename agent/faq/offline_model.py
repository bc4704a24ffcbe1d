"""A chat model for the FAQ without a network: it searches, and quotes what it found.

What may be said is decided by `faq.policy`, by how near the entries are. Everything else in an
answer is one of the fixed sentences below, so nothing can be made up, and an order hidden in a
question or an entry is nothing but words to search with.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    ToolCall,
    ToolMessage,
)
from langchain_core.outputs import ChatGenerationChunk

from assistant.deterministic import DeterministicChat
from assistant.offline.words import content, straighten, tokens
from faq.entry import Hit
from faq.follow_ups import aspect_of, is_follow_up, merge, telling
from faq.history import QUOTED, quoted_questions
from faq.policy import CLOSEST_ENTRIES, Tier, Verdict, decide
from faq.tools import MAX_RESULTS, REFORMULATE, SEARCH, SEARCH_DETAILED

UNKNOWN = (
    "I am sorry, the Lauki FAQ has nothing on that. I can help with plans, roaming, billing, SIM "
    "cards and eSIM, 5G, devices, moving your number and support."
)
CLOSEST = "I found no entry that answers exactly this. The closest in our FAQ:"

MAX_SENTENCES = 3
"""Of a long question, so many sentences are searched one by one."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_WORD = re.compile(r"\s*\S+\s*")


@dataclass(frozen=True)
class Searched:
    """A tool call that was made since the question, and what it found."""

    tool: str
    arguments: Mapping[str, Any]
    hits: tuple[Hit, ...]


class OfflineFaqChat(DeterministicChat):
    """The deterministic model. Its answers name the entries they quote in `response_metadata`."""

    @property
    def _llm_type(self) -> str:
        return "offline-faq"

    def reply(
        self, messages: Sequence[BaseMessage], tools: Sequence[Mapping[str, Any]]
    ) -> AIMessage:
        """Search, search again if that was not enough, then quote."""
        before, question, found = _read(messages)
        bound = {one["function"]["name"] for one in tools}
        topic = _topic(before) if is_follow_up(question) else None
        calls = [one for one in _next_calls(question, topic, found) if one["name"] in bound]
        if calls:
            return AIMessage("", tool_calls=calls)
        return _answer(_verdict(question, topic, found))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> Iterator[ChatGenerationChunk]:
        """Say an answer word by word, as a language model does."""
        said = self.reply(messages, tools)
        for word in _WORD.findall(said.text):
            yield ChatGenerationChunk(message=AIMessageChunk(content=word))
        end = AIMessageChunk(
            content="", tool_calls=said.tool_calls, response_metadata=said.response_metadata
        )
        yield ChatGenerationChunk(message=end)

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base class's signature
    ) -> AsyncIterator[ChatGenerationChunk]:
        """Say it without a thread for each word, as `_agenerate` does."""
        for chunk in self._stream(messages, stop, **kwargs):
            yield chunk


def _read(messages: Sequence[BaseMessage]) -> tuple[list[BaseMessage], str, list[Searched]]:
    """Return what was said before the last question, the question, and the searches since."""
    asked = [at for at, one in enumerate(messages) if isinstance(one, HumanMessage)]
    if not asked:
        return [], "", []
    since = messages[asked[-1] + 1 :]
    made = {
        call["id"]: call for one in since if isinstance(one, AIMessage) for call in one.tool_calls
    }
    found = [
        Searched(made[one.tool_call_id]["name"], made[one.tool_call_id]["args"], one.artifact or ())
        for one in since
        if isinstance(one, ToolMessage)
    ]
    return list(messages[: asked[-1]]), messages[asked[-1]].text, found


def _topic(before: Sequence[BaseMessage]) -> str | None:
    """Return what was last talked about: the entry quoted, or of several the question asked."""
    for at in range(len(before) - 1, 0, -1):
        quoted = quoted_questions(before[at])
        if len(quoted) == 1:
            return quoted[0]
        if quoted:
            asked = before[at - 1].text
            return quoted[0] if is_follow_up(asked) else asked
    return None


def _next_calls(question: str, topic: str | None, found: Sequence[Searched]) -> list[ToolCall]:
    if not question.strip():
        return []
    if not found and topic:
        return [
            _call(0, SEARCH_DETAILED, query=question, num_results=MAX_RESULTS),
            _call(1, REFORMULATE, original_query=topic, focus_aspect=question),
        ]
    if not found:
        return [_call(0, SEARCH, query=question)]
    if len(found) > 1 or topic or decide(found[0].hits).tier is Tier.ANSWER:
        return []
    return _other_ways(question)


def _other_ways(question: str) -> list[ToolCall]:
    """Search for a question with its weighty words repeated, and for each of its sentences."""
    words = " ".join(one.text for one in content(tokens(straighten(question))))
    sentences = _sentences(question)
    calls = [_call(at, SEARCH, query=one) for at, one in enumerate(sentences, start=2)]
    if words:
        calls.insert(0, _call(1, REFORMULATE, original_query=question, focus_aspect=words))
    return calls


def _call(number: int, name: str, **arguments: str | int) -> ToolCall:
    return ToolCall(name=name, args=arguments, id=f"offline-{number}")


def _sentences(question: str) -> list[str]:
    """Return the sentences of a question that has several, those that ask first."""
    parts = [one.strip() for one in _SENTENCE_END.split(question) if one.strip()]
    asking_first = sorted(parts, key=lambda one: not one.endswith("?"))
    return asking_first[:MAX_SENTENCES] if len(parts) > 1 else []


def _verdict(question: str, topic: str | None, found: Sequence[Searched]) -> Verdict:
    """Choose what to say, and the entries to say it with."""
    alone = [hit for one in found if one.tool != REFORMULATE for hit in one.hits]
    behind = [hit for one in found if one.tool == REFORMULATE for hit in one.hits]
    aspect = aspect_of(question)
    if topic and aspect:
        hits = telling(aspect, topic, alone, behind)
        return decide(hits) if hits else _nearest(behind)
    if topic:
        return decide(merge(question, topic, alone, behind))
    best = max((one.hits for one in found), key=_best_score, default=())
    return _nearest(best) if aspect else decide(best)


def _nearest(hits: Sequence[Hit]) -> Verdict:
    """Say what is nearest where nothing can be an answer: "How much is it?" without a topic."""
    return Verdict(Tier.CLOSEST if hits else Tier.UNKNOWN, tuple(hits[:CLOSEST_ENTRIES]))


def _best_score(hits: Sequence[Hit]) -> float:
    return hits[0].score if hits else -1.0


def _answer(verdict: Verdict) -> AIMessage:
    quoted = [hit.entry for hit in verdict.hits]
    if verdict.tier is Tier.ANSWER:
        text = f"{quoted[0].answer}\n\nFrom our FAQ: {quoted[0].question}"
    elif verdict.tier is Tier.CLOSEST:
        text = "\n\n".join([CLOSEST, *(f"- {one.question}\n  {one.answer}" for one in quoted)])
    else:
        text = UNKNOWN
    return AIMessage(text, response_metadata={QUOTED: [one.question for one in quoted]})
