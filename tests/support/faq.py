"""A small FAQ that is searched by its words, and what tests of its agent share."""

import asyncio
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatResult

from assistant.models import Model
from assistant.offline.words import overlap
from faq.entry import Entry, Hit
from faq.offline_model import OfflineFaqChat
from faq.request import Question
from tests.support.agent_tools import ScriptedChat

ROAMING = Entry("How do I activate roaming?", "Dial *123# before the holiday.")
ROAMING_PRICE = Entry("How much does roaming cost in Europe?", "Roaming in Zone 1 costs nothing.")
ROAMING_USA = Entry("How much does roaming cost in the USA?", "Roaming in Zone 2 costs $5 a day.")
FIBRE = Entry("Do you offer fibre?", "Fibre 250 costs $30 a month.")
PLANS = Entry("Which plans do you offer?", "Lite, Smart and Max.")
ENTRIES = (ROAMING, ROAMING_PRICE, ROAMING_USA, FIBRE, PLANS)


class WordKnowledge:
    """Scores entries by the share of the query's weighty words they have."""

    def __init__(self, entries: Sequence[Entry] = ENTRIES) -> None:
        self.entries = entries
        self.queries: list[str] = []

    def search(self, query: str, k: int = 3) -> tuple[Hit, ...]:
        self.queries.append(query)
        hits = (Hit(one, overlap(query, " ".join(one.texts))) for one in self.entries)
        return tuple(sorted(hits, key=lambda hit: hit.score, reverse=True)[:k])


def offline() -> Model:
    return Model("offline", OfflineFaqChat())


def ask(prompt: str, *, actor: str = "key-1/ann", thread: str = "monday") -> Question:
    return Question(prompt, actor, thread)


class BrokenChat(ScriptedChat):
    """A model whose service is down."""

    def _generate(self, *_: object, **__: object) -> ChatResult:
        raise ConnectionError("refused by 10.0.0.1")


class SlowChat(ScriptedChat):
    """A model that never answers; who asks must not wait for it."""

    async def _agenerate(self, *_: object, **__: object) -> ChatResult:
        await asyncio.Event().wait()
        raise AssertionError("nothing sets it")


def scripted(*lines: AIMessage) -> Model:
    return Model("scripted", ScriptedChat(lines=list(lines)))


def broken() -> Model:
    return Model("broken", BrokenChat(lines=[]), (ConnectionError,))


def slow() -> Model:
    return Model("slow", SlowChat(lines=[]))


def calling(name: str, **arguments: Any) -> AIMessage:  # noqa: ANN401 - whatever the tool takes
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": "call-1"}])
