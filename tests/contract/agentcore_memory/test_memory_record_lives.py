"""How long records live, and what ends them."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.control_plane import never
from tests.support.memory_plane import Chat, Client, MemoryLaptop
from tests.support.memory_records import PREFERENCES, SEMANTIC, LongTerm, long_term

DAY = timedelta(days=1)
LIKED = "I like tea."


@pytest.fixture
def memory(laptop: MemoryLaptop, clients: tuple[Client, Client]) -> LongTerm:
    memory = long_term(laptop, clients, SEMANTIC, PREFERENCES)
    memory.tell(LIKED)
    return memory


@pytest.mark.fidelity("memory.records.life")
def test_records_outlive_the_events_they_were_made_of(memory: LongTerm) -> None:
    chat = Chat(memory.data, memory.memory_id)
    (event,) = chat.page()["events"]
    chat.client.delete_event(**chat.names, eventId=event["eventId"])
    assert len(memory.texts()) == 2
    memory.tell("I own two cats.")
    memory.laptop.clock.pass_by(31 * DAY)
    assert chat.page()["events"] == []
    assert len(memory.texts()) == 3


@pytest.mark.fidelity("memory.records.life")
def test_of_an_event_that_is_deleted_at_once_nothing_is_extracted_later(
    memory: LongTerm,
) -> None:
    held = memory.laptop.restarted(spawn=never)
    with held.clients() as (_, data):
        chat = Chat(data, memory.memory_id, session_id="tuesday")
        event = chat.write("I own two cats.")
        data.delete_event(**chat.names, eventId=event["eventId"])
    assert memory.laptop.count("jobs") == 0


@pytest.mark.fidelity("memory.records.life")
def test_a_deleted_strategy_takes_its_records_along(memory: LongTerm) -> None:
    facts, likes = memory.strategy_ids
    (written,) = memory.write("by hand", memoryStrategyId=facts)
    changes = {"deleteMemoryStrategies": [{"memoryStrategyId": facts}]}
    memory.control.update_memory(memoryId=memory.memory_id, memoryStrategies=changes)
    memory.laptop.settle()
    assert {record["memoryStrategyId"] for record in memory.records()} == {likes}
    with pytest.raises(memory.data.exceptions.ResourceNotFoundException):
        memory.data.get_memory_record(memoryId=memory.memory_id, memoryRecordId=written)


@pytest.mark.fidelity("memory.delete")
def test_a_deleted_memory_takes_everything_along(memory: LongTerm) -> None:
    memory.write("by hand")
    memory.control.delete_memory(memoryId=memory.memory_id)
    memory.laptop.settle()
    tables = ("records", "jobs", "batches", "events", "sessions")
    assert [memory.laptop.count(table) for table in tables] == [0] * 5


@pytest.mark.fidelity("memory.expiry")
def test_what_has_expired_is_removed_while_the_cloud_is_up(memory: LongTerm) -> None:
    rounds: asyncio.Queue[None] = asyncio.Queue()
    looked = asyncio.Event()

    async def pause(_seconds: float) -> None:
        looked.set()
        await rounds.get()

    laptop = replace(memory.laptop, pause=pause)
    laptop.resume()

    async def look_again() -> None:
        await looked.wait()
        looked.clear()
        rounds.put_nowait(None)
        await looked.wait()

    laptop.loop.run(look_again())
    assert laptop.count("events") == 1
    laptop.clock.pass_by(31 * DAY)
    laptop.loop.run(look_again())
    assert laptop.count("events") == 0
    assert laptop.count("records") == 2


@pytest.mark.fidelity("memory.records.batch-token")
def test_a_client_token_of_a_batch_lasts_a_day(memory: LongTerm) -> None:
    memory.write("one", "two")
    assert memory.laptop.count("batches") == 1
    memory.laptop.clock.pass_by(DAY + timedelta(seconds=1))
    memory.laptop.restarted().resume()
    assert memory.laptop.count("batches") == 0
