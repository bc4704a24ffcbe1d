"""Extraction at work: jobs of one memory after the other, behind CreateEvent.

What is not extracted yet stands in the store, so a process that starts again takes up what another
left. The store is written only after all waiting is done, in one go with the end of the job.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from localcloud.agentcore.control.areas import Clock, NewId
from localcloud.agentcore.jobs import INTERNAL_REASON, Jobs
from localcloud.agentcore.memory.embedding import Embed
from localcloud.agentcore.memory.extraction.consolidation import Shelf
from localcloud.agentcore.memory.extraction.model import (
    ROLES,
    ExtractionFailed,
    Extractor,
    Finding,
    Heard,
    Job,
    Status,
    Turn,
)
from localcloud.agentcore.memory.extraction.namespaces import filled
from localcloud.agentcore.memory.extraction.reflections import ALIKE, is_episode, reflection_on
from localcloud.agentcore.memory.extraction.strategies import (
    instructions_of,
    kind_of,
    metadata_of,
    reflection_template_of,
    template_of,
)
from localcloud.agentcore.memory.model import Memory, MemoryStatus, Strategy
from localcloud.agentcore.memory.names import new_record_id
from localcloud.agentcore.memory.queries import EventQuery
from localcloud.agentcore.memory.records.model import Record
from localcloud.agentcore.memory.records.scope import Scope, is_below
from localcloud.agentcore.memory.stores import MemoryStores
from localcloud.agentcore.model import JsonObject
from minilm.weights import Floats

logger = logging.getLogger(__name__)

TIMEOUT_S: Final = 60.0
"""Longest a job may take: a language model may need some of it."""

EARLIER_EVENTS: Final = 6
"""Events before a new one whose turns an extractor gets to see."""

TIMEOUT_REASON: Final = "Extraction took too long"


@dataclass(frozen=True)
class Work:
    """A job with all that was looked up for it."""

    job: Job
    strategy: Strategy
    extractor: Extractor
    shelf: Shelf


@dataclass(frozen=True)
class Extraction:
    """Runs the jobs of each memory in order of their arrival; `extractors` are by kind.

    A job that takes longer than `timeout_s` has failed.
    """

    stores: MemoryStores
    embed: Embed
    clock: Clock
    new_id: NewId
    jobs: Jobs
    extractors: Mapping[str, Extractor]
    timeout_s: float = TIMEOUT_S

    def take(self, memory: Memory, heard: Job) -> None:
        """Let every strategy that is ACTIVE extract turns; `heard` says them without a strategy."""
        for strategy in memory.strategies if heard.turns else ():
            if strategy.status is MemoryStatus.ACTIVE and kind_of(strategy) in self.extractors:
                job_id = f"{self.new_id()}{self.new_id()}"
                job = replace(heard, job_id=job_id, strategy_id=strategy.strategy_id)
                self.stores.jobs.put(job)
        self.start(memory.memory_id)

    def start(self, memory_id: str) -> None:
        """Do what waits in a memory, unless somebody is at it."""
        if not self.jobs.busy(memory_id) and self.stores.jobs.next(memory_id):
            self.jobs.start(memory_id, self._run(memory_id))

    def restart(self, job: Job) -> None:
        """Do a job again that has failed."""
        self.stores.jobs.put(replace(job, status=Status.PENDING, failure_reason=None))
        self.start(job.memory_id)

    def resume(self) -> None:
        """Take up what another process has left."""
        for memory in self.stores.memories.memories():
            self.start(memory.memory_id)

    async def settle(self) -> None:
        """Wait until nothing goes on."""
        await self.jobs.settle()

    async def _run(self, memory_id: str) -> None:
        while job := self.stores.jobs.next(memory_id):
            reason = await self._outcome(job)
            if reason is not None and self.stores.jobs.job(memory_id, job.job_id):
                failed = replace(job, status=Status.FAILED, failure_reason=reason)
                self.stores.jobs.put(failed)

    async def _outcome(self, job: Job) -> str | None:
        """Do a job; return why it failed, or None. What was said in it stays out of the log."""
        try:
            async with asyncio.timeout(self.timeout_s):
                await self._extract(job)
        except ExtractionFailed as failed:
            logger.info("extraction job %s failed: %s", job.job_id, failed.code)
            return str(failed)
        except TimeoutError:
            return TIMEOUT_REASON
        except Exception as error:  # noqa: BLE001 - the outermost layer; the message may quote
            logger.error("extraction job %s failed: %s", job.job_id, type(error).__name__)  # noqa: TRY400
            return INTERNAL_REASON
        return None

    async def _extract(self, job: Job) -> None:
        work = self._work(job)
        if work is None:
            self.stores.jobs.done(job)
            return
        findings = await work.extractor.extract(self._heard(work), work.shelf)
        vectors = await self.embed([one.meaning for one in findings]) if findings else ()
        if self._work(job) is not None:  # neither job nor strategy has been deleted meanwhile
            self._write(work, findings, vectors)
        self.stores.jobs.done(job)

    def _work(self, job: Job) -> Work | None:
        memory = self.stores.memories.memory(job.memory_id)
        strategies = memory.strategies if memory else ()
        strategy = next((one for one in strategies if one.strategy_id == job.strategy_id), None)
        extractor = None if strategy is None else self.extractors.get(kind_of(strategy) or "")
        if strategy is None or extractor is None:
            return None
        if self.stores.jobs.job(job.memory_id, job.job_id) is None:
            return None
        return Work(job, strategy, extractor, self._shelf(job, template_of(strategy)))

    def _shelf(self, job: Job, template: str) -> Shelf:
        values = {
            **job.variables,
            "memoryStrategyId": job.strategy_id,
            "actorId": job.actor_id,
            "sessionId": job.session_id,
        }
        return Shelf(
            self.stores.records,
            self.embed,
            job.memory_id,
            job.strategy_id,
            filled(template, values),
            partial(new_record_id, self.new_id),
        )

    def _heard(self, work: Work) -> Heard:
        job = work.job
        earlier, instructions = self._earlier(job), instructions_of(work.strategy)
        return Heard(job.actor_id, job.session_id, job.turns, earlier, instructions)

    def _earlier(self, job: Job) -> tuple[Turn, ...]:
        events = self.stores.events
        session = events.session(job.memory_id, job.actor_id, job.session_id)
        if session is None or job.event_id is None:
            return ()
        query = EventQuery(limit=EARLIER_EVENTS, before=job.event_id)
        before = reversed(events.events(session, query))
        return tuple(turn for event in before for turn in turns_of(event.payload or []))

    def _write(self, work: Work, findings: Sequence[Finding], vectors: Iterable[Floats]) -> None:
        now = self.clock()
        metadata = metadata_of(work.strategy, work.job.metadata)
        for finding, vector in zip(findings, vectors, strict=True):
            if work.shelf.is_outdated(finding):
                continue  # it completed what somebody has deleted while the model was asked
            record = work.shelf.put(finding, vector, metadata, now)
            if is_episode(record):
                self._reflect(work, vector, metadata)

    def _reflect(self, work: Work, intent: Floats, metadata: JsonObject) -> None:
        """Write what episodes with this intent teach, once there are several."""
        shelf = self._shelf(work.job, reflection_template_of(work.strategy))
        alike = self._episodes_like(intent, work, shelf.namespace)
        reflection = reflection_on(alike)
        if reflection is not None:
            shelf.put(reflection, intent, metadata, self.clock())

    def _episodes_like(self, intent: Floats, work: Work, reflected: str) -> list[Record]:
        """Return episodes below the namespace of reflections; else those beside the new one."""
        beside = work.shelf.namespace
        path = reflected if is_below(beside, reflected) else beside
        scope = Scope(path=path, strategy_id=work.strategy.strategy_id)
        near = self.stores.records.nearest(work.job.memory_id, intent, scope)
        return [record for record, cosine in near if cosine >= ALIKE and is_episode(record)]


def turns_of(payload: Sequence[JsonObject]) -> tuple[Turn, ...]:
    """Return the turns in a payload that are extracted, each with its place."""
    said = (
        (index, item["conversational"])
        for index, item in enumerate(payload)
        if "conversational" in item
    )
    return tuple(
        Turn(one["role"], one["content"]["text"], index)
        for index, one in said
        if one["role"] in ROLES
    )
