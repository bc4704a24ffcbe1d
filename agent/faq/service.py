"""Answer a question in a conversation, within the time there is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessageChunk
from langgraph.errors import GraphRecursionError

from assistant.errors import TooManySteps
from faq.entry import Hit
from faq.failures import AnswerTimeout
from faq.graph import build_faq_graph, found_since_question

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable, RunnableConfig
    from langgraph.checkpoint.base import BaseCheckpointSaver

    from assistant.models import Model
    from faq.request import Question
    from faq.tools import Searches


@dataclass(frozen=True)
class Answer:
    """What to say, and the FAQ entries it rests on, the best first. Without any it is a refusal."""

    text: str
    sources: tuple[Hit, ...]


@dataclass(frozen=True)
class Delta:
    """The next piece of an answer."""

    text: str


class FaqAgent:
    """Answers questions; one serves any number of conversations at a time."""

    def __init__(
        self,
        model: Model,
        knowledge: Searches,
        *,
        memory: BaseCheckpointSaver[Any] | None = None,
        budget_s: float,
    ) -> None:
        """Take what it thinks with, what it knows, what it remembers, and how long it may take."""
        self.model_name = model.name
        self._graph: Runnable[Any, Any] = build_faq_graph(model, knowledge, memory=memory)
        # Without a memory LangGraph has nothing to be durable with, and says so.
        self._options: dict[str, Any] = {"durability": "exit"} if memory else {}
        self._budget_s = budget_s

    async def answer(self, question: Question) -> Answer:
        """Answer in one piece.

        Raises:
            AnswerTimeout: no answer within the budget.
            ModelUnavailable: the model's service refuses or does not answer.
            TooManySteps: the model searches and searches.
            MemoryUnavailable: the conversation so far cannot be read.
        """
        answers = [one async for one in self._run(question, ["values"]) if isinstance(one, Answer)]
        return answers[-1]

    def stream(self, question: Question) -> AsyncIterator[Delta | Answer]:
        """Answer piece by piece; the whole answer comes last, and it counts.

        Raises: what `answer` does.
        """
        return self._run(question, ["messages", "values"])

    async def _run(self, question: Question, modes: list[Any]) -> AsyncIterator[Delta | Answer]:
        state: dict[str, Any] = {}
        parts: AsyncGenerator[Any] = self._graph.astream(  # type: ignore[assignment]
            {"messages": [("user", question.prompt)]},
            _config(question),
            stream_mode=modes,
            **self._options,
        )
        try:
            async with aclosing(parts):
                async for mode, part in _within(parts, self._budget_s):
                    if mode == "values":
                        state = part
                    elif delta := _spoken(part, state):
                        yield delta
        except TimeoutError as error:
            raise AnswerTimeout(f"no answer within {self._budget_s:g} seconds") from error
        except GraphRecursionError as error:
            raise TooManySteps(f"{self.model_name} found no answer in the steps it has") from error
        yield Answer(state["messages"][-1].text, tuple(state["sources"]))


async def _within[T](parts: AsyncIterator[T], budget_s: float) -> AsyncIterator[T]:
    """Pass parts on until the time is up.

    Each wait for a part has the time that is left. One `asyncio.timeout` around all of them would
    also interrupt whoever takes the parts.

    Raises:
        TimeoutError: it is up.
    """
    clock = asyncio.get_running_loop().time
    end_s = clock() + budget_s
    while True:
        try:
            part = await asyncio.wait_for(anext(parts), max(end_s - clock(), 0))
        except StopAsyncIteration:
            return
        yield part


def _config(question: Question) -> RunnableConfig:
    return {"configurable": {"thread_id": question.thread_id, "actor_id": question.actor_id}}


def _spoken(part: Any, state: dict[str, Any]) -> Delta | None:  # noqa: ANN401 - LangGraph's pair
    """Return what the model says next, if it has found something to say it with."""
    message, about = part
    if about.get("langgraph_node") != "model" or not isinstance(message, AIMessageChunk):
        return None
    if not message.text or not found_since_question(state.get("messages", ())):
        return None
    return Delta(message.text)
