"""Memories in SQLite.

A `MemoryStore` owns its table on a connection it is given, and never commits: whoever owns the
connection does. Decoded memories are kept, since every call on an event reads one; only this
store may write its table.
"""

import dataclasses
import json
import sqlite3
from datetime import datetime
from typing import Final

from localcloud.agentcore.client_tokens import ClientTokens
from localcloud.agentcore.memory.model import Memory, MemoryStatus, Strategy
from localcloud.agentcore.model import JsonObject

TABLE: Final = """CREATE TABLE IF NOT EXISTS agentcore_memories (
    memory_id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL)"""


class MemoryStore:
    """The memories of one account in one region."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create what tables it lacks."""
        self._db = connection
        self._db.execute(TABLE)
        self.tokens = ClientTokens(connection)
        self._memories: dict[str, Memory] = {
            memory_id: _read(json.loads(value))
            for memory_id, value in self._db.execute(
                "SELECT memory_id, value FROM agentcore_memories ORDER BY rowid"
            )
        }

    def memory(self, memory_id: str) -> Memory | None:
        """Return a memory, or None."""
        return self._memories.get(memory_id)

    def memories(self) -> tuple[Memory, ...]:
        """Return every memory in order of creation."""
        return tuple(self._memories.values())

    def put(self, memory: Memory) -> None:
        """Add or replace a memory."""
        self._db.execute(
            "INSERT INTO agentcore_memories (memory_id, name, value) VALUES (?, ?, ?)"
            " ON CONFLICT (memory_id) DO UPDATE SET value = excluded.value",
            (memory.memory_id, memory.name, json.dumps(dataclasses.asdict(memory), default=_text)),
        )
        self._memories[memory.memory_id] = memory

    def delete(self, memory_id: str) -> None:
        """Forget a memory and its client token."""
        self._db.execute("DELETE FROM agentcore_memories WHERE memory_id = ?", (memory_id,))
        self.tokens.forget(memory_id)
        self._memories.pop(memory_id, None)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _read(value: JsonObject) -> Memory:
    strategies = tuple(Strategy(**_common(strategy)) for strategy in value["strategies"])
    return Memory(**_common(value) | {"strategies": strategies})


def _common(value: JsonObject) -> JsonObject:
    return value | {
        "status": MemoryStatus(value["status"]),
        "created_at": datetime.fromisoformat(value["created_at"]),
        "updated_at": datetime.fromisoformat(value["updated_at"]),
    }
