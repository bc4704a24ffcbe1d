"""What memories are kept in: stores that share one connection."""

import sqlite3
from dataclasses import dataclass
from typing import Self

from localcloud.agentcore.memory.event_store import EventStore
from localcloud.agentcore.memory.extraction.store import JobStore
from localcloud.agentcore.memory.records.batches import Batches
from localcloud.agentcore.memory.records.store import RecordStore
from localcloud.agentcore.memory.store import MemoryStore


@dataclass(frozen=True)
class MemoryStores:
    """Memories, their events, their records, what is not extracted yet, and batches answered."""

    memories: MemoryStore
    events: EventStore
    records: RecordStore
    jobs: JobStore
    batches: Batches

    @classmethod
    def on(cls, connection: sqlite3.Connection) -> Self:
        """Open the stores on a connection, with what tables it lacks. They never commit."""
        return cls(
            MemoryStore(connection),
            EventStore(connection),
            RecordStore(connection),
            JobStore(connection),
            Batches(connection),
        )

    def forget(self, memory_id: str) -> None:
        """Remove a memory and everything in it."""
        self.events.forget(memory_id)
        self.records.forget(memory_id)
        self.jobs.forget(memory_id)
        self.batches.forget(memory_id)
        self.memories.delete(memory_id)

    def forget_strategy(self, memory_id: str, strategy_id: str) -> None:
        """Remove the records of a strategy, and what it has not extracted yet."""
        self.records.forget_strategy(memory_id, strategy_id)
        self.jobs.forget_strategy(memory_id, strategy_id)
