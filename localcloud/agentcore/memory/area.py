"""The area of memories, their events and their records.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore: CreateMemory and ListMemories
have no resource, so that they are asked of `*`; the rest of the memory; condition keys by action.
Members that botocore says are for authorization, such as the `namespace` of GetMemoryRecord, are
condition keys as well. A batch is asked about once for each namespace in it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from localcloud.agentcore.control import access
from localcloud.agentcore.control.areas import Clock, NewId, Operation, Question, Spawn
from localcloud.agentcore.control.names import random_id
from localcloud.agentcore.jobs import Jobs
from localcloud.agentcore.memory import events, memories, new_events
from localcloud.agentcore.memory.context import Context, Handler, sweep
from localcloud.agentcore.memory.embedding import Embeds, aside
from localcloud.agentcore.memory.extraction import operations as extraction
from localcloud.agentcore.memory.extraction.deterministic import deterministic_extractors
from localcloud.agentcore.memory.extraction.model import Extractor
from localcloud.agentcore.memory.extraction.worker import Extraction
from localcloud.agentcore.memory.model import Memory
from localcloud.agentcore.memory.names import bare_id, memory_arn
from localcloud.agentcore.memory.questions import contexts
from localcloud.agentcore.memory.records import batch, queries
from localcloud.agentcore.memory.stores import MemoryStores
from localcloud.agentcore.memory.work import Work
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

HANDLERS: Final[dict[str, Handler]] = {
    "CreateMemory": memories.create_memory,
    "GetMemory": memories.get_memory,
    "ListMemories": memories.list_memories,
    "UpdateMemory": memories.update_memory,
    "DeleteMemory": memories.delete_memory,
    "CreateEvent": new_events.create_event,
    "GetEvent": events.get_event,
    "ListEvents": events.list_events,
    "DeleteEvent": events.delete_event,
    "ListSessions": events.list_sessions,
    "ListActors": events.list_actors,
    "ListMemoryRecords": queries.list_records,
    "RetrieveMemoryRecords": queries.retrieve_records,
    "GetMemoryRecord": queries.get_record,
    "DeleteMemoryRecord": queries.delete_record,
    "BatchCreateMemoryRecords": batch.batch_create,
    "BatchUpdateMemoryRecords": batch.batch_update,
    "BatchDeleteMemoryRecords": batch.batch_delete,
    "IngestData": extraction.ingest_data,
    "ListMemoryExtractionJobs": extraction.list_jobs,
    "StartMemoryExtractionJob": extraction.start_job,
}

SWEEP_S: Final = 600.0
"""Between two looks for what has expired in memories that nobody asks about."""


class MemoryArea:
    """Memories, events and records of one account in one region. See `Area`."""

    def __init__(
        self,
        stores: MemoryStores,
        embedder: Embeds,
        cloud: Cloud,
        clock: Clock,
        new_id: NewId = random_id,
        spawn: Spawn = asyncio.create_task,
        extractors: Mapping[str, Extractor] | None = None,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Take the collaborators: see `Context`, `Work` and `Extraction`.

        `extractors` are by kind of strategy, the deterministic ones by default; `pause` waits so
        many seconds. Nothing starts before `resume`.
        """
        self._cloud = cloud
        self._stores = stores
        self._spawn, self._pause = spawn, pause
        self._jobs = Jobs(spawn)
        self._extraction = Extraction(
            stores,
            embed := aside(embedder),
            clock,
            new_id,
            Jobs(spawn),
            deterministic_extractors() if extractors is None else extractors,
        )
        self._work = Work(stores, cloud, clock, self._jobs)
        self._context = Context(stores, cloud, self._work, self._extraction, embed, clock, new_id)
        self._sweeping: asyncio.Task[None] | None = None

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the operations on memories, events and records."""
        return {name: partial(handler, self._context) for name, handler in HANDLERS.items()}

    def questions(self, _: Caller, operation: str, members: JsonObject) -> Iterator[Question]:
        """Return what is asked: one action on one memory, or on none in particular."""
        memory_id = bare_id(str(members.get("memoryId", "*")))
        named = str(members.get("memoryId", ""))
        arn = named if named.startswith("arn:") else memory_arn(self._cloud, memory_id)
        if operation in ("CreateMemory", "ListMemories"):
            arn = "*"
        common = access.conditions({}, members, self.tags(arn))
        for keys in contexts(operation, members, partial(self._stores.jobs.job, memory_id)):
            yield Question(f"{access.PREFIX}:{operation}", arn, keys | common)

    def tags(self, arn: str) -> Mapping[str, str] | None:
        """Return a memory's tags, or None."""
        memory = self._find(arn)
        return None if memory is None else memory.tags

    def put_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Replace a memory's tags."""
        memory = self._find(arn)
        if memory is not None:
            self._stores.memories.put(replace(memory, tags=tags))

    def resume(self) -> None:
        """Take up what was left half done; remove what has expired, now and from time to time."""
        self._work.resume()
        self._extraction.resume()
        self._remove_expired()
        if self._sweeping is None:
            self._sweeping = self._spawn(self._sweep())

    async def settle(self) -> None:
        """Wait until nothing goes on, but for the looking for what has expired."""
        await self._jobs.settle()
        await self._extraction.settle()

    async def _sweep(self) -> None:
        while True:
            await self._pause(SWEEP_S)
            self._remove_expired()

    def _remove_expired(self) -> None:
        for memory in self._stores.memories.memories():
            sweep(self._context, memory)

    def _find(self, arn: str) -> Memory | None:
        memory = self._stores.memories.memory(bare_id(arn))
        return memory if memory and arn == memory_arn(self._cloud, memory.memory_id) else None
