import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from localcloud.agentcore.errors import AgentFailed, QuotaExceeded, RetryableConflict
from localcloud.agentcore.runtime.model import Endpoint, Status, Version
from localcloud.agentcore.runtime.sessions import Key, Process, Sessions

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIFE = {"lifecycleConfiguration": {"idleRuntimeSessionTimeout": 60, "maxLifetime": 300}}
VERSION = Version("Faq-1", 1, LIFE, Status.READY, NOW, NOW)
ENDPOINT = Endpoint("Faq-1", "DEFAULT", "DEFAULT-1", 1, Status.READY, NOW, NOW)


class FakeProcess:
    """An agent that says of itself what a test wants."""

    url = "http://127.0.0.1:1/invocations"

    def __init__(self) -> None:
        self.exited = asyncio.Event()
        self.mcp_session: str | None = None
        self.says = "Healthy"
        self.may_stop = asyncio.Event()
        self.may_stop.set()
        self.meanwhile: Callable[[], Awaitable[object]] | None = None
        self.stopped_by: Callable[[], object] | None = None

    async def status(self) -> str | None:
        if self.meanwhile is not None:
            await self.meanwhile()
        return self.says

    async def stop_if_deaf(self) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        await self.may_stop.wait()
        self.exited.set()
        if self.stopped_by is not None:
            self.stopped_by()


@dataclass
class World:
    """Sessions whose agents are fakes, at a time that stands still."""

    now_s: float = 0
    started: list[FakeProcess] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None

    def __post_init__(self) -> None:
        self.gate.set()
        self.sessions = Sessions(self.start, lambda: self.now_s, limit=2)

    async def start(self, _key: Key, _version: Version) -> Process:
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        self.started.append(FakeProcess())
        return self.started[-1]

    async def ask(self, session_id: str = "one") -> Process:
        async with self.sessions.lease(ENDPOINT, VERSION, session_id) as process:
            return process

    async def ask_and_leave(self) -> None:
        """Ask, and be gone before the session has started."""
        self.gate.clear()
        question = asyncio.create_task(self.ask())
        await asyncio.sleep(0)
        question.cancel()
        await asyncio.gather(question, return_exceptions=True)
        self.gate.set()


async def test_two_first_questions_start_one_agent() -> None:
    world = World()
    world.gate.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        questions = [group.create_task(world.ask()) for _ in range(2)]
        await asyncio.sleep(0)
        world.gate.set()
    assert len(world.started) == 1
    assert [question.result() for question in questions] == [world.started[0]] * 2


async def test_an_agent_that_did_not_start_is_tried_again() -> None:
    world = World(failure=AgentFailed("no"))
    with pytest.raises(AgentFailed):
        await world.ask()
    assert world.sessions.count() == 0
    world.failure = None
    assert await world.ask() is world.started[0]


async def test_who_leaves_while_an_agent_starts_does_not_stop_it() -> None:
    world = World()
    await world.ask_and_leave()
    assert await world.ask() is world.started[0]


@pytest.mark.fidelity("agentcore-runtime.stop.conflict")
async def test_a_session_that_is_stopped_while_it_starts_asks_to_be_tried_again() -> None:
    world = World()
    world.gate.clear()
    question = asyncio.create_task(world.ask())
    await asyncio.sleep(0)
    await world.sessions.stop(Key("Faq-1", "DEFAULT", "one"))
    with pytest.raises(RetryableConflict):
        await question


async def test_a_session_is_idle_from_its_last_answer_on() -> None:
    world = World()
    async with world.sessions.lease(ENDPOINT, VERSION, "one"):
        world.now_s = 100
        await world.sessions.tick()
        assert world.sessions.count() == 1
    world.now_s = 159
    await world.sessions.tick()
    assert world.sessions.count() == 1
    world.now_s = 160
    await world.sessions.tick()
    assert world.sessions.count() == 0
    assert world.started[0].exited.is_set()


async def test_a_busy_agent_is_not_idle() -> None:
    world = World()
    await world.ask()
    world.started[0].says = "HealthyBusy"
    world.now_s = 100
    await world.sessions.tick()
    assert world.sessions.count() == 1


@pytest.mark.fidelity("agentcore-runtime.session.lifetime")
async def test_no_session_outlives_its_longest_life_not_even_in_use() -> None:
    world = World()
    async with world.sessions.lease(ENDPOINT, VERSION, "one"):
        world.now_s = 300
        await world.sessions.tick()
        assert world.started[0].exited.is_set()


async def test_sessions_in_use_are_not_stopped_for_others() -> None:
    world = World()
    async with (
        world.sessions.lease(ENDPOINT, VERSION, "one"),
        world.sessions.lease(ENDPOINT, VERSION, "two"),
    ):
        with pytest.raises(QuotaExceeded):
            await world.ask("three")
    assert await world.ask("three")


async def test_an_agent_that_ended_is_let_go() -> None:
    world = World()
    await world.ask()
    world.started[0].exited.set()
    await world.sessions.tick()
    assert world.sessions.count() == 0


async def test_who_leaves_while_a_session_is_ended_does_not_break_off_its_end() -> None:
    world = World()
    await world.ask()
    world.started[0].may_stop.clear()
    stopping = asyncio.create_task(world.sessions.stop(Key("Faq-1", "DEFAULT", "one")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    stopping.cancel()
    await asyncio.gather(stopping, return_exceptions=True)
    assert world.sessions.count() == 1
    world.started[0].may_stop.set()
    async with asyncio.timeout(5):
        await world.sessions.stop_all()
        await world.started[0].exited.wait()
    assert world.sessions.count() == 0


async def test_a_start_that_failed_after_all_had_left_is_tried_again() -> None:
    world = World(failure=AgentFailed("no"))
    await world.ask_and_leave()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    world.failure = None
    assert await world.ask() is world.started[0]


async def test_a_start_that_failed_after_all_had_left_takes_no_room() -> None:
    world = World(failure=AgentFailed("no"))
    await world.ask_and_leave()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await world.sessions.tick()
    assert world.sessions.count() == 0


async def test_many_who_make_room_at_once_start_no_more_than_there_is_room_for() -> None:
    world = World()
    await world.ask("one")
    await world.ask("two")
    for process in world.started:
        process.may_stop.clear()
    waiting = [asyncio.create_task(world.ask(name)) for name in ("three", "four")]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    world.started[0].stopped_by = lambda: waiting.append(asyncio.create_task(world.ask("five")))
    for process in world.started[:2]:
        process.may_stop.set()
    most = 0
    async with asyncio.timeout(5):
        while not all(one.done() for one in waiting):
            await asyncio.sleep(0)
            most = max(most, world.sessions.count())
    refused = [one for one in waiting if isinstance(one.exception(), QuotaExceeded)]
    assert most <= 2
    assert len(refused) <= 1


async def test_a_session_that_was_used_while_it_was_asked_for_its_health_is_not_idle() -> None:
    world = World()
    await world.ask()
    world.now_s = 100
    world.started[0].meanwhile = world.ask
    await world.sessions.tick()
    assert world.sessions.count() == 1
