"""Conversations against the events of AgentCore Memory, by an unmodified boto3 client."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from assistant.errors import ModelUnavailable
from assistant.models import Model
from faq.failures import MemoryUnavailable
from faq.memory import KEPT_TURNS, MAX_TEXT_CHARACTERS, TurnSaver
from faq.offline_model import UNKNOWN
from faq.service import Delta, FaqAgent
from tests.support.agent_tools import ScriptedChat
from tests.support.faq import (
    FIBRE,
    PLANS,
    ROAMING,
    ROAMING_PRICE,
    WordKnowledge,
    ask,
    broken,
    calling,
    offline,
)
from tests.support.memory_plane import Client

BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def calls(memory_client: Client) -> Counter[str]:
    """Counts the requests to the memory, by operation."""
    counted: Counter[str] = Counter()

    def count(model: Any, **_: object) -> None:  # noqa: ANN401
        counted[model.name] += 1

    memory_client.meta.events.register("before-call.*", count)
    return counted


def ticking() -> Callable[[], datetime]:
    ticks: Iterator[datetime] = (BEGIN + timedelta(seconds=n) for n in range(10_000))
    return ticks.__next__


@pytest.fixture
def saver(memory_client: Client, memory_id: str) -> TurnSaver:
    return TurnSaver(memory_client, memory_id, now=ticking())


def agent(saver: TurnSaver, model: Model | None = None) -> FaqAgent:
    return FaqAgent(model or offline(), WordKnowledge(), memory=saver, budget_s=10)


async def first_source(faq: FaqAgent, prompt: str, **who: str) -> str:
    found = await faq.answer(ask(prompt, **who))
    return found.sources[0].entry.question if found.sources else ""


async def test_a_conversation_goes_on_in_another_process(saver: TurnSaver) -> None:
    assert await first_source(agent(saver), "How do I activate roaming?") == ROAMING.question
    follow_up = await first_source(agent(saver), "And how much does that cost?")
    assert follow_up == ROAMING_PRICE.question


async def test_so_does_one_that_is_streamed(saver: TurnSaver) -> None:
    faq = agent(saver)
    streamed = [one async for one in faq.stream(ask("How do I activate roaming?"))]
    assert any(isinstance(one, Delta) for one in streamed)
    assert await first_source(faq, "And how much does that cost?") == ROAMING_PRICE.question


@pytest.mark.parametrize(
    "other", [{"actor": "key-1/bob"}, {"actor": "key-2/ann"}, {"thread": "tuesday"}]
)
async def test_another_actor_or_thread_knows_nothing_of_it(
    saver: TurnSaver, other: dict[str, str]
) -> None:
    faq = agent(saver)
    await faq.answer(ask("How do I activate roaming?"))
    assert (await faq.answer(ask("And how much does that cost?", **other))).text != ""
    alone = await first_source(agent(saver), "And how much does that cost?", thread="fresh")
    assert await first_source(faq, "And how much does that cost?", **other) == alone


async def test_a_turn_is_one_read_and_one_write_however_long_the_conversation(
    saver: TurnSaver, calls: Counter[str]
) -> None:
    faq = agent(saver)
    for turn in range(1, 2 * KEPT_TURNS + 1):
        await faq.answer(ask("Which plans do you offer?"))
        assert calls == {"ListEvents": turn, "CreateEvent": turn}


async def test_the_model_sees_the_last_turns_and_no_more(saver: TurnSaver) -> None:
    chat = ScriptedChat(lines=[calling("search_faq", query="fibre"), AIMessage("Fibre 250.")])
    faq = agent(saver, Model("scripted", chat))
    for number in range(KEPT_TURNS + 5):
        await faq.answer(ask(f"Question {number}?"))
    prompts = [one.text for one in chat.heard[-1] if one.type == "human"]
    assert prompts == [f"Question {n}?" for n in range(4, KEPT_TURNS + 5)]
    remembered = [one for one in chat.heard[-2] if one.type == "tool"]
    assert remembered == []


async def test_an_event_is_a_turn_that_others_can_read(
    saver: TurnSaver, memory_client: Client, memory_id: str
) -> None:
    await agent(saver).answer(ask("Do you offer fibre?"))
    [event] = memory_client.list_events(
        memoryId=memory_id, actorId="key-1/ann", sessionId="monday", includePayloads=True
    )["events"]
    *said, rest = event["payload"]
    assert [one["conversational"]["role"] for one in said] == ["USER", "ASSISTANT"]
    assert said[0]["conversational"]["content"]["text"] == "Do you offer fibre?"
    assert json.loads(rest["blob"]) == {"quoted": [FIBRE.question]}


async def test_turns_at_the_same_time_are_all_kept(
    saver: TurnSaver, memory_client: Client, memory_id: str
) -> None:
    faq = agent(saver)
    questions = ["How do I activate roaming?", "Do you offer fibre?", "Which plans do you offer?"]
    found = await asyncio.gather(*(faq.answer(ask(one)) for one in questions))
    assert [one.sources[0].entry for one in found] == [ROAMING, FIBRE, PLANS]

    chat = ScriptedChat(lines=[AIMessage("Hm.")])
    await agent(saver, Model("scripted", chat)).answer(ask("And?"))
    remembered = [str(one.text) for one in chat.heard[0] if one.type == "human"]
    assert sorted(remembered[:-1]) == sorted(questions)
    answers = [str(one.text) for one in chat.heard[0] if one.type == "ai"]
    by_question = dict(zip(remembered[:-1], answers, strict=True))
    assert FIBRE.answer in by_question["Do you offer fibre?"]


async def test_a_turn_that_fails_leaves_nothing(saver: TurnSaver, calls: Counter[str]) -> None:
    with pytest.raises(ModelUnavailable):
        await agent(saver, broken()).answer(ask("How do I activate roaming?"))
    assert calls == {"ListEvents": 1}


async def test_what_is_remembered_is_what_was_answered(saver: TurnSaver) -> None:
    inventing = ScriptedChat(lines=[AIMessage("The CEO is Ethan Brown.")])
    await agent(saver, Model("scripted", inventing)).answer(ask("Who is your CEO?"))
    listening = ScriptedChat(lines=[AIMessage("Hm.")])
    await agent(saver, Model("scripted", listening)).answer(ask("Who?"))
    assert [one.text for one in listening.heard[0][1:]] == ["Who is your CEO?", UNKNOWN, "Who?"]


async def test_events_of_others_are_passed_over(
    saver: TurnSaver, memory_client: Client, memory_id: str
) -> None:
    for payload in (
        [{"blob": "not JSON"}],
        [{"conversational": {"role": "USER", "content": {"text": "alone"}}}],
    ):
        memory_client.create_event(
            memoryId=memory_id,
            actorId="key-1/ann",
            sessionId="monday",
            eventTimestamp=BEGIN,
            payload=payload,
        )
    assert await first_source(agent(saver), "Do you offer fibre?") == FIBRE.question


async def test_a_text_longer_than_the_memory_takes_is_cut(saver: TurnSaver) -> None:
    lines = [calling("search_faq", query="fibre"), AIMessage("a" * (MAX_TEXT_CHARACTERS + 1))]
    found = await agent(saver, Model("scripted", ScriptedChat(lines=lines))).answer(ask("Fibre?"))
    assert len(found.text) == MAX_TEXT_CHARACTERS + 1
    listening = ScriptedChat(lines=[AIMessage("Hm.")])
    await agent(saver, Model("scripted", listening)).answer(ask("And?"))
    assert len(listening.heard[0][2].text) == MAX_TEXT_CHARACTERS


async def test_a_memory_that_does_not_answer_is_not_passed_over(memory_client: Client) -> None:
    saver = TurnSaver(memory_client, "bad id")
    with pytest.raises(MemoryUnavailable, match="ValidationException"):
        await agent(saver).answer(ask("How do I activate roaming?"))


async def test_an_answer_is_given_though_it_cannot_be_kept(
    memory_client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    gone = TurnSaver(memory_client, "Faq-0123456789", now=ticking())
    assert await first_source(agent(gone), "Do you offer fibre?") == FIBRE.question
    [record] = [one for one in caplog.records if one.getMessage() == "turn not kept"]
    assert vars(record)["code"] == "ResourceNotFoundException"
