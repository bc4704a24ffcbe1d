"""Jobs that failed and are started again, and content that is ingested."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known
from localcloud.agentcore.memory.extraction.semantic import Facts
from tests.support.asgi import LoopThread
from tests.support.memory_plane import OCCURRED, Client, MemoryLaptop, said
from tests.support.memory_records import SEMANTIC, LongTerm, long_term


class ModelUnreachable(Exception):
    """What an extractor that asks a model may raise."""


@dataclass
class Failing(Facts):
    """Fails until it is mended."""

    broken: bool = True
    heard: list[Heard] = field(default_factory=list)

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Keep what was heard, and fail or extract."""
        self.heard.append(heard)
        if self.broken:
            raise ModelUnreachable("secret: I live in Munich")
        return await super().extract(heard, known)


@pytest.fixture
def extractor() -> Failing:
    return Failing()


@pytest.fixture
def laptop(extractor: Failing) -> Iterator[MemoryLaptop]:
    with LoopThread() as loop:
        laptop = MemoryLaptop(loop, extractors={"SEMANTIC": extractor})
        yield laptop
    laptop.database.close()


@pytest.fixture
def memory(laptop: MemoryLaptop, clients: tuple[Client, Client]) -> LongTerm:
    return long_term(laptop, clients, SEMANTIC)


def failed(memory: LongTerm, **wanted: str) -> list[dict[str, Any]]:
    named = {"memoryId": memory.memory_id} | ({"filter": wanted} if wanted else {})
    jobs: list[dict[str, Any]] = memory.data.list_memory_extraction_jobs(**named)["jobs"]
    return jobs


def start(memory: LongTerm, job_id: str, **members: str) -> str:
    reply = memory.data.start_memory_extraction_job(
        memoryId=memory.memory_id, extractionJob={"jobId": job_id}, **members
    )
    memory.laptop.settle()
    started: str = reply["jobId"]
    return started


@pytest.mark.fidelity("memory.extraction.jobs")
def test_a_failed_extraction_is_listed_with_its_messages(
    memory: LongTerm, caplog: pytest.LogCaptureFixture
) -> None:
    payload = [{"blob": "x"}, said("I live in Munich."), said("Noted.", "ASSISTANT")]
    event = memory.tell(payload=payload)
    (job,) = failed(memory)
    messages = [{"eventId": event["eventId"], "messageIndex": index} for index in (1, 2)]
    assert job.pop("jobID")
    assert job == {
        "messages": {"messagesList": messages},
        "status": "FAILED",
        "failureReason": "An internal error occurred",
        "strategyId": memory.strategy_ids[0],
        "sessionId": "monday",
        "actorId": "ann",
    }
    assert "ModelUnreachable" in caplog.text
    assert "Munich" not in caplog.text


@pytest.mark.fidelity("memory.extraction.jobs")
def test_a_failed_job_is_started_again_once(memory: LongTerm, extractor: Failing) -> None:
    memory.tell("I live in Munich.")
    (job,) = failed(memory)
    extractor.broken = False
    assert start(memory, job["jobID"], clientToken="again") == job["jobID"]
    assert memory.texts() == ['The user said: "I live in Munich."']
    assert failed(memory) == []
    assert start(memory, job["jobID"], clientToken="again") == job["jobID"]
    assert len(extractor.heard) == 2
    for unknown in (job["jobID"], "nothing"):
        with pytest.raises(memory.data.exceptions.ResourceNotFoundException):
            start(memory, unknown)


@pytest.mark.fidelity("memory.extraction.jobs")
def test_a_job_that_fails_again_is_listed_again(memory: LongTerm, extractor: Failing) -> None:
    memory.tell("I live in Munich.")
    (job,) = failed(memory)
    start(memory, job["jobID"])
    assert failed(memory) == [job]
    assert len(extractor.heard) == 2


@pytest.mark.fidelity("memory.extraction.jobs")
def test_jobs_are_filtered_and_come_in_pages(memory: LongTerm) -> None:
    for number in range(3):
        memory.tell("I live in Munich.", session_id=f"s-{number}")
    assert len(failed(memory, status="FAILED", actorId="ann")) == 3
    assert len(failed(memory, strategyId=memory.strategy_ids[0], sessionId="s-1")) == 1
    assert failed(memory, actorId="bob") == []
    first = memory.data.list_memory_extraction_jobs(memoryId=memory.memory_id, maxResults=2)
    rest = memory.data.list_memory_extraction_jobs(
        memoryId=memory.memory_id, nextToken=first["nextToken"]
    )
    assert [len(page["jobs"]) for page in (first, rest)] == [2, 1]
    with pytest.raises(memory.data.exceptions.ValidationException):
        memory.data.list_memory_extraction_jobs(memoryId=memory.memory_id, maxResults=51)
    with pytest.raises(memory.data.exceptions.ValidationException):
        failed(memory, status="PENDING")


@pytest.mark.fidelity("memory.extraction.jobs")
def test_one_failure_holds_up_nobody(memory: LongTerm, extractor: Failing) -> None:
    memory.tell("I live in Munich.")
    extractor.broken = False
    memory.tell("I own two cats.")
    assert memory.texts() == ['The user said: "I own two cats."']


@pytest.mark.fidelity("memory.namespace-variables")
def test_a_template_that_cannot_be_filled_fails_the_job(
    laptop: MemoryLaptop, clients: tuple[Client, Client]
) -> None:
    strategy = {"name": "Facts", "namespaceTemplates": ["/{tenant}/"]}
    memory = long_term(
        laptop,
        clients,
        {"semanticMemoryStrategy": strategy},
        namespaceKeys=[{"key": "tenant"}],
    )
    memory.tell("I live in Munich.")
    assert [job["failureReason"] for job in failed(memory)] == [
        "No value for namespace variable tenant"
    ]


@pytest.mark.fidelity("memory.records.iam")
def test_starting_a_job_is_asked_about_with_what_the_job_is_of(memory: LongTerm) -> None:
    memory.tell("I live in Munich.")
    memory.laptop.cloud.authorizations.clear()
    start(memory, failed(memory)[0]["jobID"])
    asked = memory.laptop.cloud.authorizations[-1]
    assert asked.action == "bedrock-agentcore:StartMemoryExtractionJob"
    assert asked.context == {
        "bedrock-agentcore:actorId": "ann",
        "bedrock-agentcore:sessionId": "monday",
        "bedrock-agentcore:strategyId": memory.strategy_ids[0],
    }


@pytest.mark.fidelity("memory.ingest")
def test_content_is_ingested_without_becoming_an_event(
    memory: LongTerm, extractor: Failing
) -> None:
    extractor.broken = False
    wanted: dict[str, Any] = {
        "memoryId": memory.memory_id,
        "actorId": "ann",
        "contentTimestamp": OCCURRED,
        "source": {"inline": {"payload": [said("I live in Munich."), {"json": {"content": 1}}]}},
    }
    first = memory.data.ingest_data(**wanted, clientToken="once")
    again = memory.data.ingest_data(**wanted, clientToken="once")
    memory.laptop.settle()
    assert first["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert again["sessionId"] == first["sessionId"]
    assert memory.texts("/facts/ann") == ['The user said: "I live in Munich."']
    assert len(extractor.heard) == 1
    assert memory.data.list_actors(memoryId=memory.memory_id)["actorSummaries"] == []
    assert memory.data.ingest_data(**wanted, sessionId="mine")["sessionId"] == "mine"
