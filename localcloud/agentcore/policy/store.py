"""Engines, policies and generations in SQLite.

A `PolicyStore` owns its tables on a connection it is given, and never commits: whoever owns the
connection does. Decoded values are kept, since gateways read policies on every call; only this
store may write its tables.
"""

import dataclasses
import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from localcloud.agentcore.client_tokens import ClientTokens
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.policy.model import (
    Asset,
    Engine,
    EnginePolicy,
    Finding,
    Generation,
    GenerationStatus,
    PolicyStatus,
)
from localcloud.agentcore.policy.names import bare_id
from localcloud.cloud import Caller
from policy.model import Policy

_NOT_SERVING: Final = frozenset({PolicyStatus.CREATING, PolicyStatus.DELETING})


class Rows[T]:
    """The things of one kind, in order of creation."""

    def __init__(
        self, connection: sqlite3.Connection, table: str, read: Callable[[JsonObject], T]
    ) -> None:
        """Take a connection, and create the table if it is not there."""
        self._db = connection
        self._table = table
        self._db.execute(
            f"CREATE TABLE IF NOT EXISTS {table} (id TEXT PRIMARY KEY, value TEXT NOT NULL)"
        )
        rows = self._db.execute(f"SELECT id, value FROM {table} ORDER BY rowid")  # noqa: S608 - our own names
        self._values: dict[str, T] = {id_: read(json.loads(value)) for id_, value in rows}

    def get(self, id_: str) -> T | None:
        """Return the one with this id, or None."""
        return self._values.get(id_)

    def all(self) -> tuple[T, ...]:
        """Return every one."""
        return tuple(self._values.values())

    def put(self, id_: str, value: T) -> None:
        """Add or replace one."""
        made: Any = value
        self._db.execute(
            f"INSERT INTO {self._table} (id, value) VALUES (?, ?)"  # noqa: S608 - our own names
            " ON CONFLICT (id) DO UPDATE SET value = excluded.value",
            (id_, json.dumps(dataclasses.asdict(made), default=_text)),
        )
        self._values[id_] = value

    def delete(self, id_: str) -> None:
        """Forget one."""
        self._db.execute(f"DELETE FROM {self._table} WHERE id = ?", (id_,))  # noqa: S608 - our own names
        self._values.pop(id_, None)


class PolicyStore:
    """The state of AgentCore Policy; a `PolicyReader` for the MCP endpoint."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create what tables it lacks."""
        self.tokens = ClientTokens(connection)
        self.engines = Rows(connection, "agentcore_policy_engines", _read_engine)
        self._policies = Rows(connection, "agentcore_policies", _read_policy)
        self.generations = Rows(connection, "agentcore_policy_generations", _read_generation)
        self._in_force: dict[str, tuple[Policy, ...]] = {}

    def policies_in_force(self, engine_arn: str) -> tuple[Policy, ...] | None:
        """Return what an engine decides by: one object until it changes. None without an engine."""
        engine = self.engines.get(bare_id(engine_arn))
        if engine is None or engine.status in _NOT_SERVING:
            return None
        found = self._in_force.get(engine.engine_id)
        if found is None:
            listed = self.policies(engine.engine_id)
            found = tuple(_decided_by(policy) for policy in listed if policy.in_force)
            self._in_force[engine.engine_id] = found
        return found

    def policy(self, policy_id: str) -> EnginePolicy | None:
        """Return a policy of whatever engine, or None."""
        return self._policies.get(policy_id)

    def policies(self, engine_id: str | None = None) -> tuple[EnginePolicy, ...]:
        """Return the policies of an engine, or of all."""
        every = self._policies.all()
        return tuple(policy for policy in every if engine_id in (None, policy.engine_id))

    def put_policy(self, policy: EnginePolicy) -> None:
        """Add or replace a policy."""
        self._policies.put(policy.policy_id, policy)
        self._in_force.pop(policy.engine_id, None)

    def delete_policy(self, policy: EnginePolicy) -> None:
        """Forget a policy and its client token."""
        self._policies.delete(policy.policy_id)
        self.tokens.forget(policy.policy_id)
        self._in_force.pop(policy.engine_id, None)

    def delete_engine(self, engine_id: str) -> None:
        """Forget an engine, which has no policies, with its generations and client tokens."""
        for generation in self.generations.all():
            if generation.engine_id == engine_id:
                self.generations.delete(generation.generation_id)
                self.tokens.forget(generation.generation_id)
        self.engines.delete(engine_id)
        self.tokens.forget(engine_id)
        self._in_force.pop(engine_id, None)


def _decided_by(policy: EnginePolicy) -> Policy:
    statement = policy.config["definition"]["cedar"]["statement"]
    return Policy(policy.policy_id, policy.name, statement, policy.enforced)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON form for {type(value).__name__}")


def _read_engine(value: JsonObject) -> Engine:
    return Engine(**_dated(value) | {"status": PolicyStatus(value["status"])})


def _read_policy(value: JsonObject) -> EnginePolicy:
    return EnginePolicy(
        **_dated(value)
        | {
            "status": PolicyStatus(value["status"]),
            "status_reasons": tuple(value["status_reasons"]),
            "caller": Caller(**value["caller"]),
        }
    )


def _read_generation(value: JsonObject) -> Generation:
    return Generation(
        **_dated(value)
        | {
            "status": GenerationStatus(value["status"]),
            "status_reasons": tuple(value["status_reasons"]),
            "assets": tuple(_read_asset(asset) for asset in value["assets"]),
        }
    )


def _read_asset(value: JsonObject) -> Asset:
    return Asset(**value | {"findings": tuple(Finding(**each) for each in value["findings"])})


def _dated(value: JsonObject) -> JsonObject:
    return value | {
        "created_at": datetime.fromisoformat(value["created_at"]),
        "updated_at": datetime.fromisoformat(value["updated_at"]),
    }
