"""Memory records in SQLite, each with its vector.

A `RecordStore` owns its tables on a connection it is given, and never commits. The vectors of a
memory are read when it is first searched, and kept: only this store may write its tables.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

from localcloud.agentcore.memory.model import epoch_ms, instant
from localcloud.agentcore.memory.records.index import Index
from localcloud.agentcore.memory.records.model import Record
from localcloud.agentcore.memory.records.scope import Scope
from minilm.weights import Floats

TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS agentcore_memory_records (
        record_key INTEGER PRIMARY KEY AUTOINCREMENT, memory_id TEXT NOT NULL,
        record_id TEXT NOT NULL, strategy_id TEXT, namespace TEXT, slot TEXT,
        created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, metadata TEXT NOT NULL,
        notes TEXT NOT NULL, text TEXT NOT NULL, vector BLOB NOT NULL,
        UNIQUE (memory_id, record_id))""",
    """CREATE INDEX IF NOT EXISTS agentcore_memory_namespaces
        ON agentcore_memory_records (memory_id, namespace)""",
    """CREATE INDEX IF NOT EXISTS agentcore_memory_slots
        ON agentcore_memory_records (memory_id, strategy_id, namespace, slot)""",
)
COLUMNS: Final = (
    "record_id, memory_id, text, created_ms, updated_ms, strategy_id, namespace, metadata, slot,"
    " notes"
)


class RecordStore:
    """The records of all memories."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create what tables it lacks."""
        self._db = connection
        for table in TABLES:
            self._db.execute(table)
        self._indexes: dict[str, Index] = {}

    def record(self, memory_id: str, record_id: str) -> Record | None:
        """Return a record, or None."""
        return self._one("memory_id = ? AND record_id = ?", memory_id, record_id)

    def in_slot(self, memory_id: str, strategy_id: str, namespace: str, slot: str) -> Record | None:
        """Return the record that is about `slot`, or None."""
        which = "memory_id = ? AND strategy_id = ? AND namespace = ? AND slot = ?"
        return self._one(which, memory_id, strategy_id, namespace, slot)

    def records(
        self, memory_id: str, scope: Scope, *, after: int = 0
    ) -> Iterator[tuple[int, Record]]:
        """Yield records in order of their making, each after the key that the next goes on from."""
        clauses = [("memory_id = ?", (memory_id,)), *scope.clauses()]
        rows = self._db.execute(
            f"SELECT record_key, {COLUMNS} FROM agentcore_memory_records"  # noqa: S608 - our own clauses, values apart
            f" WHERE {' AND '.join(clause for clause, _ in clauses)} AND record_key > ?"
            " ORDER BY record_key",
            (*(value for _, values in clauses for value in values), after),
        )
        return ((row[0], _record(row[1:])) for row in rows)

    def nearest(
        self, memory_id: str, query: Floats, scope: Scope
    ) -> Iterator[tuple[Record, float]]:
        """Yield records with their cosine to a vector of length 1, best first.

        Take what you need before records change.
        """
        for record_id, cosine in self._index(memory_id).nearest(query, scope.covers):
            record = self.record(memory_id, record_id)
            if record is not None:
                yield record, cosine

    def put(self, record: Record, vector: Floats | None) -> None:
        """Add a record with its vector, or replace one. Without a vector the one it has stays."""
        index = self._index(record.memory_id)
        if vector is not None:
            self._db.execute(
                "INSERT INTO agentcore_memory_records (memory_id, record_id, created_ms,"
                " updated_ms, metadata, notes, text, vector) VALUES (?, ?, 0, 0, '', '', '', ?)"
                " ON CONFLICT (memory_id, record_id) DO UPDATE SET vector = excluded.vector",
                (record.memory_id, record.record_id, vector.tobytes()),
            )
        self._db.execute(
            "UPDATE agentcore_memory_records SET text = ?, created_ms = ?, updated_ms = ?,"
            " strategy_id = ?, namespace = ?, metadata = ?, slot = ?, notes = ?"
            " WHERE memory_id = ? AND record_id = ?",
            (
                record.text,
                epoch_ms(record.created_at),
                epoch_ms(record.updated_at),
                record.strategy_id,
                record.namespace,
                json.dumps(record.metadata),
                record.slot,
                json.dumps(record.notes),
                record.memory_id,
                record.record_id,
            ),
        )
        index.put(record.record_id, (record.namespace, record.strategy_id), vector)

    def delete(self, memory_id: str, record_id: str) -> None:
        """Remove a record, if it is there."""
        self._db.execute(
            "DELETE FROM agentcore_memory_records WHERE memory_id = ? AND record_id = ?",
            (memory_id, record_id),
        )
        if index := self._indexes.get(memory_id):
            index.drop(record_id)

    def forget_strategy(self, memory_id: str, strategy_id: str) -> None:
        """Remove the records of a strategy."""
        for _, record in list(self.records(memory_id, Scope(strategy_id=strategy_id))):
            self.delete(memory_id, record.record_id)

    def forget(self, memory_id: str) -> None:
        """Remove the records of a memory."""
        self._db.execute("DELETE FROM agentcore_memory_records WHERE memory_id = ?", (memory_id,))
        self._indexes.pop(memory_id, None)

    def _one(self, which: str, *values: str) -> Record | None:
        row = self._db.execute(
            f"SELECT {COLUMNS} FROM agentcore_memory_records WHERE {which}",  # noqa: S608 - our own clauses
            values,
        ).fetchone()
        return None if row is None else _record(row)

    def _index(self, memory_id: str) -> Index:
        index = self._indexes.get(memory_id)
        if index is None:
            index = self._indexes[memory_id] = Index()
            rows = self._db.execute(
                "SELECT record_id, namespace, strategy_id, vector FROM agentcore_memory_records"
                " WHERE memory_id = ? ORDER BY record_key",
                (memory_id,),
            )
            for record_id, namespace, strategy_id, vector in rows:
                shelf = (namespace, strategy_id)
                index.put(record_id, shelf, np.frombuffer(vector, dtype=np.float32))
        return index


def _record(row: Iterable[Any]) -> Record:
    (
        record_id,
        memory_id,
        text,
        created_ms,
        updated_ms,
        strategy_id,
        namespace,
        metadata,
        slot,
        notes,
    ) = row
    return Record(
        record_id,
        memory_id,
        text,
        instant(created_ms),
        instant(updated_ms),
        strategy_id,
        namespace,
        json.loads(metadata),
        slot,
        json.loads(notes),
    )
