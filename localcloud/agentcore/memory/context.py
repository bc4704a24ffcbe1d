"""What the operations on memories and events work with."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from localcloud.agentcore.control.areas import Clock, NewId
from localcloud.agentcore.errors import ResourceNotFound, ValidationFailed
from localcloud.agentcore.memory.embedding import Embed
from localcloud.agentcore.memory.event_store import EventStore
from localcloud.agentcore.memory.extraction.store import JobStore
from localcloud.agentcore.memory.extraction.worker import Extraction
from localcloud.agentcore.memory.model import Memory, MemoryStatus
from localcloud.agentcore.memory.names import bare_id, memory_arn, new_record_id
from localcloud.agentcore.memory.records.batches import Batches
from localcloud.agentcore.memory.records.store import RecordStore
from localcloud.agentcore.memory.store import MemoryStore
from localcloud.agentcore.memory.stores import MemoryStores
from localcloud.agentcore.memory.work import Work
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

EMPTY_SESSION_AGE: Final = timedelta(days=1)
"""How long a session without events is kept (botocore, ListSessions)."""


@dataclass(frozen=True)
class Context:
    """The collaborators of the operations."""

    stores: MemoryStores
    cloud: Cloud
    work: Work
    extraction: Extraction
    embed: Embed
    clock: Clock
    new_id: NewId

    @property
    def store(self) -> MemoryStore:
        """Return the memories."""
        return self.stores.memories

    @property
    def events(self) -> EventStore:
        """Return the events."""
        return self.stores.events

    @property
    def records(self) -> RecordStore:
        """Return the records."""
        return self.stores.records

    @property
    def jobs(self) -> JobStore:
        """Return the extraction jobs."""
        return self.stores.jobs

    @property
    def batches(self) -> Batches:
        """Return what was answered to batches."""
        return self.stores.batches

    def suffixes(self) -> Iterator[str]:
        """Yield ids without end."""
        while True:
            yield self.new_id()

    def new_record_id(self) -> str:
        """Return an id for a memory record."""
        return new_record_id(self.new_id)


type Handler = Callable[[Context, Caller, JsonObject], JsonObject | Awaitable[JsonObject]]
"""An operation with its collaborators before it: see `Operation`."""


def find_memory(context: Context, members: JsonObject) -> Memory:
    """Return the memory that `memoryId` names, by its id or its ARN.

    Raises:
        ResourceNotFound: there is none.
    """
    named = members["memoryId"]
    memory_id = bare_id(named)
    memory = context.store.memory(memory_id)
    if memory is None or named not in (memory_id, memory_arn(context.cloud, memory_id)):
        raise ResourceNotFound(f"Memory not found: {named}")
    return memory


def active_memory(context: Context, members: JsonObject) -> Memory:
    """Return the memory whose events are asked for, without those that have expired.

    Raises:
        ResourceNotFound: there is none.
        ValidationFailed: it is not ready for events.
    """
    memory = find_memory(context, members)
    if memory.status not in (MemoryStatus.ACTIVE, MemoryStatus.UPDATING):
        message = f"Memory {memory.memory_id} is not active: its status is {memory.status.value}"
        raise ValidationFailed(message, reason="ResourceConflict")
    expire(context, memory)
    return memory


def expire(context: Context, memory: Memory) -> None:
    """Remove the events of a memory that are older than it keeps them, and empty sessions."""
    now = context.clock()
    context.events.expire(memory.memory_id, before=now - memory.expiry, now=now)
    context.events.drop_empty(memory.memory_id, before=now - EMPTY_SESSION_AGE)


def sweep(context: Context, memory: Memory) -> None:
    """Remove all that has expired in a memory: what nobody asks for as well.

    What was not extracted from events goes with them; records stay.
    """
    expire(context, memory)
    now = context.clock()
    context.jobs.expire(memory.memory_id, before=now - memory.expiry)
    context.batches.expire(memory.memory_id, now)
