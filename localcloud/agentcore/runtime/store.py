"""Runtimes, versions and endpoints in SQLite, and decoded in memory.

A `RuntimeStore` owns its tables on a connection it is given. It never commits and never rolls
back: whoever owns the connection decides when everything that belongs together is saved.
"""

import sqlite3

from pydantic import TypeAdapter

from localcloud.agentcore.client_tokens import ClientTokens
from localcloud.agentcore.runtime.model import Endpoint, Runtime, Version


class _Table[T]:
    """Values of one type in order of creation, each a part of one runtime."""

    def __init__(self, connection: sqlite3.Connection, name: str, of: type[T]) -> None:
        self._db = connection
        self._name = name
        self._adapter: TypeAdapter[T] = TypeAdapter(of)
        self._db.execute(
            f"CREATE TABLE IF NOT EXISTS {name} (position INTEGER PRIMARY KEY AUTOINCREMENT,"
            " runtime_id TEXT NOT NULL, part TEXT NOT NULL, value TEXT NOT NULL,"
            " UNIQUE (runtime_id, part))"
        )
        self._values: dict[str, dict[str, T]] = {}
        rows = self._db.execute(f"SELECT runtime_id, part, value FROM {name} ORDER BY position")  # noqa: S608 - our own names
        for runtime_id, part, value in rows:
            self._values.setdefault(runtime_id, {})[part] = self._adapter.validate_json(value)

    def get(self, runtime_id: str, part: str) -> T | None:
        return self._values.get(runtime_id, {}).get(part)

    def of(self, runtime_id: str) -> tuple[T, ...]:
        return tuple(self._values.get(runtime_id, {}).values())

    def all(self) -> tuple[T, ...]:
        return tuple(value for parts in self._values.values() for value in parts.values())

    def put(self, runtime_id: str, part: str, value: T) -> None:
        self._db.execute(
            f"INSERT INTO {self._name} (runtime_id, part, value) VALUES (?, ?, ?)"  # noqa: S608 - our own names
            " ON CONFLICT (runtime_id, part) DO UPDATE SET value = excluded.value",
            (runtime_id, part, self._adapter.dump_json(value).decode()),
        )
        self._values.setdefault(runtime_id, {})[part] = value

    def delete(self, runtime_id: str, part: str) -> None:
        self._db.execute(
            f"DELETE FROM {self._name} WHERE runtime_id = ? AND part = ?",  # noqa: S608 - our own names
            (runtime_id, part),
        )
        self._values.get(runtime_id, {}).pop(part, None)

    def delete_all(self, runtime_id: str) -> None:
        self._db.execute(f"DELETE FROM {self._name} WHERE runtime_id = ?", (runtime_id,))  # noqa: S608 - our own names
        self._values.pop(runtime_id, None)


class RuntimeStore:
    """The state of AgentCore Runtime. Sessions are none of it: they end with the process."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create what tables it lacks."""
        self.tokens = ClientTokens(connection)
        self._runtimes = _Table(connection, "agentcore_runtimes", Runtime)
        self._versions = _Table(connection, "agentcore_runtime_versions", Version)
        self._endpoints = _Table(connection, "agentcore_runtime_endpoints", Endpoint)

    def runtime(self, runtime_id: str) -> Runtime | None:
        """Return a runtime, or None."""
        return self._runtimes.get(runtime_id, "")

    def runtimes(self) -> tuple[Runtime, ...]:
        """Return every runtime in order of creation."""
        return self._runtimes.all()

    def put_runtime(self, runtime: Runtime) -> None:
        """Add or replace a runtime."""
        self._runtimes.put(runtime.runtime_id, "", runtime)

    def delete_runtime(self, runtime_id: str) -> None:
        """Forget a runtime, its versions, its endpoints and their client tokens."""
        for endpoint in self.endpoints(runtime_id):
            self.tokens.forget(endpoint.endpoint_id)
        self.tokens.forget(runtime_id)
        self._endpoints.delete_all(runtime_id)
        self._versions.delete_all(runtime_id)
        self._runtimes.delete_all(runtime_id)

    def version(self, runtime_id: str, number: int) -> Version | None:
        """Return one version of a runtime, or None."""
        return self._versions.get(runtime_id, str(number))

    def versions(self, runtime_id: str) -> tuple[Version, ...]:
        """Return a runtime's versions, oldest first."""
        return self._versions.of(runtime_id)

    def put_version(self, version: Version) -> None:
        """Add a version, or replace its status."""
        self._versions.put(version.runtime_id, str(version.number), version)

    def delete_version(self, version: Version) -> None:
        """Forget a version."""
        self._versions.delete(version.runtime_id, str(version.number))

    def digests(self) -> frozenset[str]:
        """Return the digests of all archives that some version runs."""
        return frozenset(version.digest for version in self._versions.all() if version.digest)

    def endpoint(self, runtime_id: str, name: str) -> Endpoint | None:
        """Return one endpoint of a runtime, or None."""
        return self._endpoints.get(runtime_id, name)

    def endpoints(self, runtime_id: str) -> tuple[Endpoint, ...]:
        """Return a runtime's endpoints in order of creation."""
        return self._endpoints.of(runtime_id)

    def put_endpoint(self, endpoint: Endpoint) -> None:
        """Add or replace an endpoint."""
        self._endpoints.put(endpoint.runtime_id, endpoint.name, endpoint)

    def delete_endpoint(self, endpoint: Endpoint) -> None:
        """Forget an endpoint and its client token."""
        self.tokens.forget(endpoint.endpoint_id)
        self._endpoints.delete(endpoint.runtime_id, endpoint.name)
