"""Spent client tokens in SQLite, of all stores that share a connection. It never commits."""

import sqlite3
from dataclasses import dataclass
from typing import Final

TABLE: Final = """CREATE TABLE IF NOT EXISTS agentcore_client_tokens (
    scope TEXT NOT NULL, token TEXT NOT NULL, fingerprint TEXT NOT NULL,
    resource_id TEXT NOT NULL, PRIMARY KEY (scope, token))"""


@dataclass(frozen=True)
class SpentToken:
    """A client token that was used, for which parameters, and what it made."""

    fingerprint: str
    resource_id: str


class ClientTokens:
    """What client tokens were used for."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create the table if it is not there."""
        self._db = connection
        self._db.execute(TABLE)

    def find(self, scope: str, token: str) -> SpentToken | None:
        """Return what a client token was used for. `scope` is an operation and what it is on."""
        row = self._db.execute(
            "SELECT fingerprint, resource_id FROM agentcore_client_tokens"
            " WHERE scope = ? AND token = ?",
            (scope, token),
        ).fetchone()
        return None if row is None else SpentToken(*row)

    def put(self, scope: str, token: str, spent: SpentToken) -> None:
        """Keep what a client token was used for."""
        self._db.execute(
            "INSERT OR REPLACE INTO agentcore_client_tokens VALUES (?, ?, ?, ?)",
            (scope, token, spent.fingerprint, spent.resource_id),
        )

    def forget(self, resource_id: str) -> None:
        """Forget the tokens that made a resource, which is gone."""
        self._db.execute(
            "DELETE FROM agentcore_client_tokens WHERE resource_id = ?", (resource_id,)
        )
