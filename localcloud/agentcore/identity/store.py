"""Workload identities, providers and what is sealed, in SQLite.

An `IdentityStore` owns its tables on a connection it is given. It never commits and never rolls
back: whoever owns the connection decides when everything that belongs together is saved.
"""

import hashlib
import json
import logging
import sqlite3
from enum import StrEnum
from typing import Final

from pydantic import TypeAdapter

from localcloud.agentcore.identity.errors import Unreadable
from localcloud.agentcore.identity.model import Kind, Provider, TokenVault, Workload
from localcloud.agentcore.identity.seal import Seal
from localcloud.agentcore.model import JsonObject

logger = logging.getLogger(__name__)

TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS agentcore_identity_values (
        kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, name))""",
    """CREATE TABLE IF NOT EXISTS agentcore_identity_sealed (
        kind TEXT NOT NULL, key TEXT NOT NULL, provider TEXT NOT NULL, workload TEXT NOT NULL,
        expires_s REAL, sealed BLOB NOT NULL, PRIMARY KEY (kind, key))""",
)


class Sealed(StrEnum):
    """What is sealed: the secrets of providers, tokens of users, and consents under way."""

    SECRET = "secret"  # noqa: S105 - the kind's name
    TOKEN = "token"  # noqa: S105 - the kind's name
    SESSION = "session"


class IdentityStore:
    """The state of AgentCore Identity."""

    def __init__(self, connection: sqlite3.Connection, seal: Seal) -> None:
        """Take a connection, create what tables it lacks, and seal secrets with `seal`."""
        self._db = connection
        for table in TABLES:
            self._db.execute(table)
        self.workloads = Values(connection, "workload", Workload)
        self.api_keys = Values(connection, Kind.API_KEY, Provider)
        self.oauth2 = Values(connection, Kind.OAUTH2, Provider)
        self.vaults = Values(connection, "vault", TokenVault)
        self._seal = seal

    def providers(self, kind: Kind) -> "Values[Provider]":
        """Return the providers of one kind."""
        return self.api_keys if kind is Kind.API_KEY else self.oauth2

    def put_sealed(
        self,
        kind: Sealed,
        key: str,
        content: JsonObject,
        *,
        provider: str,
        workload: str = "",
        expires_s: float | None = None,
    ) -> None:
        """Keep `content`, of a provider and for a workload identity, both by their names.

        `expires_s` is in seconds since the Unix epoch.
        """
        hashed = _hashed(key)
        sealed = self._seal.close(json.dumps(content), f"{kind} {hashed}")
        self._db.execute(
            "INSERT OR REPLACE INTO agentcore_identity_sealed VALUES (?, ?, ?, ?, ?, ?)",
            (kind, hashed, provider, workload, expires_s, sealed),
        )

    def sealed(self, kind: Sealed, key: str, now_s: float) -> JsonObject | None:
        """Return what is kept under a key and has not expired, or None.

        What was sealed with another key file counts as lost.
        """
        hashed = _hashed(key)
        row = self._db.execute(
            "SELECT sealed FROM agentcore_identity_sealed WHERE kind = ? AND key = ?"
            " AND (expires_s IS NULL OR expires_s > ?)",
            (kind, hashed, now_s),
        ).fetchone()
        if row is None:
            return None
        try:
            content: JsonObject = json.loads(self._seal.open(row[0], f"{kind} {hashed}"))
        except Unreadable as error:
            logger.warning("%s: is the key file another one?", error)
            return None
        return content

    def forget_sealed(self, kind: Sealed, key: str) -> None:
        """Forget what is kept under a key."""
        self._db.execute(
            "DELETE FROM agentcore_identity_sealed WHERE kind = ? AND key = ?", (kind, _hashed(key))
        )

    def forget_tokens_of(self, *, provider: str | None = None, workload: str | None = None) -> None:
        """Forget the tokens and consents of a provider, or those for a workload identity."""
        self._db.execute(
            "DELETE FROM agentcore_identity_sealed WHERE (provider = ? OR workload = ?)"
            " AND kind != ?",
            (provider, workload, Sealed.SECRET),
        )

    def forget_expired(self, now_s: float) -> None:
        """Forget all that has expired."""
        self._db.execute("DELETE FROM agentcore_identity_sealed WHERE expires_s <= ?", (now_s,))


class Values[T]:
    """Values of one type by name, decoded in memory, in order of creation."""

    def __init__(self, connection: sqlite3.Connection, kind: str, of: type[T]) -> None:
        """Read what is there."""
        self._db = connection
        self._kind = kind
        self._adapter: TypeAdapter[T] = TypeAdapter(of)
        rows = connection.execute(
            "SELECT name, value FROM agentcore_identity_values WHERE kind = ? ORDER BY rowid",
            (kind,),
        )
        self._values = {name: self._adapter.validate_json(value) for name, value in rows}

    def get(self, name: str) -> T | None:
        """Return a value, or None."""
        return self._values.get(name)

    def all(self) -> tuple[T, ...]:
        """Return all values."""
        return tuple(self._values.values())

    def put(self, name: str, value: T) -> None:
        """Add or replace a value."""
        self._db.execute(
            "INSERT INTO agentcore_identity_values VALUES (?, ?, ?)"
            " ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value",
            (self._kind, name, self._adapter.dump_json(value).decode()),
        )
        self._values[name] = value

    def delete(self, name: str) -> None:
        """Forget a value."""
        self._db.execute(
            "DELETE FROM agentcore_identity_values WHERE kind = ? AND name = ?", (self._kind, name)
        )
        self._values.pop(name, None)


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
