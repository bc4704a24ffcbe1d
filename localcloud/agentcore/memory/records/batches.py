"""Replies to requests that write records, by client token, in SQLite. It never commits."""

import json
import sqlite3
from datetime import datetime, timedelta
from typing import Any, Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.memory.model import epoch_ms
from localcloud.agentcore.model import JsonObject

LIFE: Final = timedelta(days=1)
"""How long a reply is kept. Our choice: the model does not say."""

TABLE: Final = """CREATE TABLE IF NOT EXISTS agentcore_memory_batches (
    memory_id TEXT NOT NULL, token TEXT NOT NULL, fingerprint TEXT NOT NULL,
    made_ms INTEGER NOT NULL, reply TEXT NOT NULL, PRIMARY KEY (memory_id, token))"""


class Batches:
    """What was answered to batches and to what was ingested, by client token."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create the table if it is not there."""
        self._db = connection
        self._db.execute(TABLE)

    def earlier(self, memory_id: str, members: JsonObject) -> JsonObject | None:
        """Return what this very request was answered before, or None.

        Raises:
            ValidationFailed: its token was used with other parameters.
        """
        row = self._db.execute(
            "SELECT fingerprint, reply FROM agentcore_memory_batches"
            " WHERE memory_id = ? AND token = ?",
            (memory_id, members.get("clientToken")),
        ).fetchone()
        if row is None:
            return None
        tokens.check_same(row[0], members)
        reply: dict[str, Any] = json.loads(row[1])
        return reply

    def remember(
        self, memory_id: str, members: JsonObject, reply: JsonObject, now: datetime
    ) -> None:
        """Keep what this request is answered, if it has a token."""
        if "clientToken" in members:
            self._db.execute(
                "INSERT OR REPLACE INTO agentcore_memory_batches VALUES (?, ?, ?, ?, ?)",
                (
                    memory_id,
                    members["clientToken"],
                    tokens.fingerprint(members),
                    epoch_ms(now),
                    json.dumps(reply),
                ),
            )

    def expire(self, memory_id: str, now: datetime) -> None:
        """Forget what was answered longer ago than `LIFE`."""
        self._db.execute(
            "DELETE FROM agentcore_memory_batches WHERE memory_id = ? AND made_ms < ?",
            (memory_id, epoch_ms(now - LIFE)),
        )

    def forget(self, memory_id: str) -> None:
        """Forget everything of a memory."""
        self._db.execute("DELETE FROM agentcore_memory_batches WHERE memory_id = ?", (memory_id,))
