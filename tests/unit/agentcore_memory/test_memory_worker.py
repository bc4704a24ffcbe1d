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
