"""Extraction at work, on its own: bounded waits, and what is deleted while it waits."""

import asyncio
import itertools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import numpy as np
import pytest

from assistant.models import Model
from localcloud.agentcore.jobs import Jobs
from localcloud.agentcore.memory.extraction.consolidation import MOST_NEAR, Shelf
from localcloud.agentcore.memory.extraction.model import Extractor, Finding, Heard, Job, Known, Turn
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from localcloud.agentcore.memory.extraction.model_backed.choice import model_extractors
from localcloud.agentcore.memory.extraction.semantic import Facts
from localcloud.agentcore.memory.extraction.worker import Extraction
from localcloud.agentcore.memory.model import Memory, MemoryStatus, Strategy
from localcloud.agentcore.memory.records.scope import Scope
from localcloud.agentcore.memory.stores import MemoryStores
from minilm.weights import WIDTH, Floats
from tests.support.faq import SlowChat

NOW = datetime(2026, 1, 1, tzinfo=UTC)
WAIT_S = 5.0
FACTS = Strategy(
    "Facts-1", "Facts", "SEMANTIC", {"namespaceTemplates": ["/f/"]}, MemoryStatus.ACTIVE, NOW, NOW
)
MEMORY = Memory("Long-1", "Long", {}, MemoryStatus.ACTIVE, NOW, NOW, strategies=(FACTS,))
SAID = Job("", "Long-1", "", "ann", "s-1", None, (Turn("USER", "I own two cats."),), {}, {}, NOW)


class Waiting(Facts):
    """Waits for a gate before it extracts."""

    def __init__(self) -> None:
        self.begun, self.gate = asyncio.Event(), asyncio.Event()

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        self.begun.set()
        await self.gate.wait()
        return await super().extract(heard, known)


async def embed(texts: Sequence[str]) -> Floats:
    return np.eye(len(texts), WIDTH, dtype=np.float32)


@pytest.fixture
def stores() -> Iterator[MemoryStores]:
    database = sqlite3.connect(":memory:")
    stores = MemoryStores.on(database)
    stores.memories.put(MEMORY)
    yield stores
    database.close()


def extraction(stores: MemoryStores, extractor: Extractor, timeout_s: float = WAIT_S) -> Extraction:
    ids = (f"{number:010}" for number in itertools.count())
    return Extraction(
        stores,
        embed,
        lambda: NOW,
        ids.__next__,
        Jobs(asyncio.create_task),
        {"SEMANTIC": extractor},
        timeout_s,
    )


def texts(stores: MemoryStores) -> list[str]:
    return [record.text for _, record in stores.records.records("Long-1", Scope())]


async def test_a_job_that_takes_too_long_has_failed_and_holds_up_nobody(
    stores: MemoryStores,
) -> None:
    extractor = Waiting()
    work = extraction(stores, extractor, timeout_s=0.01)
    async with asyncio.timeout(WAIT_S):
        work.take(MEMORY, SAID)
        await work.settle()
        (job,) = stores.jobs.failed("Long-1")
        assert job.failure_reason == "Extraction took too long"
        extractor.gate.set()
        work.restart(job)
        await work.settle()
    assert stores.jobs.failed("Long-1") == []
    assert texts(stores) == ['The user said: "I own two cats."']


@pytest.mark.parametrize(
    "delete",
    [
        lambda stores: stores.forget("Long-1"),
        lambda stores: stores.forget_strategy("Long-1", "Facts-1"),
        lambda stores: stores.jobs.forget("Long-1"),
    ],
    ids=["memory", "strategy", "job"],
)
async def test_nothing_is_written_of_what_is_deleted_meanwhile(
    stores: MemoryStores, delete: Callable[[MemoryStores], None]
) -> None:
    extractor = Waiting()
    work = extraction(stores, extractor)
    async with asyncio.timeout(WAIT_S):
        work.take(MEMORY, SAID)
        await extractor.begun.wait()
        delete(stores)
        extractor.gate.set()
        await work.settle()
    assert texts(stores) == []
    assert stores.jobs.next("Long-1") is None
    assert stores.jobs.failed("Long-1") == []


async def test_what_arrives_while_a_job_goes_on_is_done_after_it(stores: MemoryStores) -> None:
    extractor = Waiting()
    work = extraction(stores, extractor)
    async with asyncio.timeout(WAIT_S):
        work.take(MEMORY, SAID)
        await extractor.begun.wait()
        work.take(MEMORY, SAID)
        extractor.gate.set()
        await work.settle()
        await work.settle()
    assert texts(stores) == ['The user said: "I own two cats."']
    assert stores.jobs.next("Long-1") is None


async def test_a_kind_that_nobody_extracts_waits_for_nobody(stores: MemoryStores) -> None:
    work = extraction(stores, Facts())
    nobody = Extraction(work.stores, embed, work.clock, work.new_id, work.jobs, {})
    nobody.take(MEMORY, SAID)
    assert stores.jobs.next("Long-1") is None


@pytest.mark.fidelity("memory.extraction.model-failures")
async def test_a_model_that_does_not_answer_in_time_fails_its_job_and_holds_up_nobody(
    stores: MemoryStores,
) -> None:
    slow = model_extractors(Asking(Model("slow", SlowChat(lines=[]))))["SEMANTIC"]
    work = extraction(stores, slow, timeout_s=0.01)
    async with asyncio.timeout(WAIT_S):
        for _ in range(2):
            work.take(MEMORY, SAID)
        await work.settle()
    reasons = [job.failure_reason for job in stores.jobs.failed("Long-1")]
    assert reasons == ["Extraction took too long"] * 2


class Completing(Facts):
    """Completes the one record there is, which somebody deletes meanwhile."""

    def __init__(self, stores: MemoryStores) -> None:
        self._stores = stores

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        ((_, record),) = self._stores.records.records("Long-1", Scope())
        self._stores.records.delete("Long-1", record.record_id)
        return [Finding("Two cats, both black.", "two black cats", replaces=record.record_id)]


async def test_what_completes_a_record_that_is_deleted_meanwhile_does_not_bring_it_back(
    stores: MemoryStores,
) -> None:
    for extractor in (Facts(), Completing(stores)):
        work = extraction(stores, extractor)
        async with asyncio.timeout(WAIT_S):
            work.take(MEMORY, SAID)
            await work.settle()
    assert texts(stores) == []
    assert stores.jobs.failed("Long-1") == []


async def test_every_sentence_of_a_long_message_is_shown_its_nearest_record(
    stores: MemoryStores,
) -> None:
    async def embed_by_first_word(said: Sequence[str]) -> Floats:
        places = [int(one.split()[0]) for one in said]
        return np.eye(WIDTH, dtype=np.float32)[places]

    ids = (f"mem-{number}" for number in itertools.count())
    shelf = Shelf(stores.records, embed_by_first_word, "Long-1", "Facts-1", "/f/", ids.__next__)
    for number in range(100):
        (vector,) = await embed_by_first_word([f"{number} is known"])
        shelf.put(Finding(f"{number}", "", f"slot {number}"), vector, {}, NOW)
    found = [
        record.text for record in await shelf.near([f"{n * 5} is said" for n in range(MOST_NEAR)])
    ]
    assert found == [f"{n * 5}" for n in range(MOST_NEAR)]
