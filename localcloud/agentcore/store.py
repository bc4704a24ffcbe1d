"""Gateways and their targets in SQLite.

One `GatewayStore` owns its tables on a connection it is given. It never commits and never rolls
back: whoever owns the connection decides when everything that belongs together is saved. Decoded
values are kept in memory, since the MCP endpoint reads them on every request; only this store may
write its tables.
"""

import dataclasses
import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from localcloud.agentcore.client_tokens import ClientTokens
from localcloud.agentcore.model import (
    Binding,
    Gateway,
    HttpBinding,
    JsonObject,
    LambdaBinding,
    McpBinding,
    Parameter,
    Status,
    Target,
    Tool,
)
from localcloud.cloud import Caller

TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS agentcore_gateways (
        gateway_id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL)""",
    """CREATE TABLE IF NOT EXISTS agentcore_targets (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        gateway_id TEXT NOT NULL, target_id TEXT NOT NULL, value TEXT NOT NULL,
        UNIQUE (gateway_id, target_id))""",
    """CREATE TABLE IF NOT EXISTS agentcore_callers (
        gateway_id TEXT NOT NULL, target_id TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (gateway_id, target_id))""",
)
"""`callers` says for whom a resource is being changed; target_id is empty for the gateway."""

BINDINGS: Final = {HttpBinding: "http", LambdaBinding: "lambda", McpBinding: "mcp"}
"""What the kinds of binding are called in the tables."""


class GatewayStore:
    """The state of the control plane; a `GatewayReader` for the MCP endpoint."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create what tables it lacks."""
        self._db = connection
        self.tokens = ClientTokens(connection)
        for table in TABLES:
            self._db.execute(table)
        self._gateways: dict[str, Gateway] = {
            gateway_id: _read_gateway(json.loads(value))
            for gateway_id, value in self._db.execute(
                "SELECT gateway_id, value FROM agentcore_gateways ORDER BY rowid"
            )
        }
        self._targets: dict[str, dict[str, Target]] = {}
        for gateway_id, target_id, value in self._db.execute(
            "SELECT gateway_id, target_id, value FROM agentcore_targets ORDER BY position"
        ):
            self._targets.setdefault(gateway_id, {})[target_id] = _read_target(json.loads(value))
        self._listed: dict[str, tuple[Target, ...]] = {}

    def gateway(self, gateway_id: str) -> Gateway | None:
        """Return a gateway, or None."""
        return self._gateways.get(gateway_id)

    def gateways(self) -> tuple[Gateway, ...]:
        """Return every gateway in order of creation."""
        return tuple(self._gateways.values())

    def targets(self, gateway_id: str) -> tuple[Target, ...]:
        """Return a gateway's targets in order of creation: the same tuple until one changes."""
        listed = self._listed.get(gateway_id)
        if listed is None:
            listed = tuple(self._targets.get(gateway_id, {}).values())
            self._listed[gateway_id] = listed
        return listed

    def target(self, gateway_id: str, target_id: str) -> Target | None:
        """Return a target, or None."""
        return self._targets.get(gateway_id, {}).get(target_id)

    def put_gateway(self, gateway: Gateway) -> None:
        """Add or replace a gateway."""
        self._db.execute(
            "INSERT INTO agentcore_gateways (gateway_id, name, value) VALUES (?, ?, ?)"
            " ON CONFLICT (gateway_id) DO UPDATE SET value = excluded.value",
            (gateway.gateway_id, gateway.name, _written(gateway)),
        )
        self._gateways[gateway.gateway_id] = gateway

    def put_target(self, target: Target) -> None:
        """Add or replace a target."""
        self._db.execute(
            "INSERT INTO agentcore_targets (gateway_id, target_id, value) VALUES (?, ?, ?)"
            " ON CONFLICT (gateway_id, target_id) DO UPDATE SET value = excluded.value",
            (target.gateway_id, target.target_id, _written(target)),
        )
        self._targets.setdefault(target.gateway_id, {})[target.target_id] = target
        self._listed.pop(target.gateway_id, None)

    def delete_gateway(self, gateway_id: str) -> None:
        """Forget a gateway, which has no targets, who changed it, and its client token."""
        self._db.execute("DELETE FROM agentcore_gateways WHERE gateway_id = ?", (gateway_id,))
        self._db.execute("DELETE FROM agentcore_callers WHERE gateway_id = ?", (gateway_id,))
        self.tokens.forget(gateway_id)
        self._gateways.pop(gateway_id, None)
        self._targets.pop(gateway_id, None)
        self._listed.pop(gateway_id, None)

    def delete_target(self, gateway_id: str, target_id: str) -> None:
        """Forget a target, who changed it, and its client token."""
        key = (gateway_id, target_id)
        for table in ("agentcore_targets", "agentcore_callers"):
            self._db.execute(f"DELETE FROM {table} WHERE gateway_id = ? AND target_id = ?", key)  # noqa: S608 - our own names
        self.tokens.forget(target_id)
        self._targets.get(gateway_id, {}).pop(target_id, None)
        self._listed.pop(gateway_id, None)

    def caller(self, gateway_id: str, target_id: str = "") -> Caller | None:
        """Return for whom a gateway, or a target, was last changed."""
        row = self._db.execute(
            "SELECT value FROM agentcore_callers WHERE gateway_id = ? AND target_id = ?",
            (gateway_id, target_id),
        ).fetchone()
        return None if row is None else Caller(**json.loads(row[0]))

    def put_caller(self, caller: Caller, gateway_id: str, target_id: str = "") -> None:
        """Keep for whom a gateway, or a target, is being changed."""
        self._db.execute(
            "INSERT OR REPLACE INTO agentcore_callers VALUES (?, ?, ?)",
            (gateway_id, target_id, json.dumps(dataclasses.asdict(caller))),
        )


def _written(value: Gateway | Target) -> str:
    return json.dumps(dict(_fields(value)))


def _fields(value: Gateway | Target) -> Iterator[tuple[str, Any]]:
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if isinstance(item, datetime):
            yield field.name, item.isoformat()
        elif field.name == "tools":
            yield field.name, [_written_tool(tool) for tool in item]
        elif field.name == "tags":
            yield field.name, dict(item)
        else:
            yield field.name, item


def _written_tool(tool: Tool) -> JsonObject:
    kind = BINDINGS[type(tool.binding)]
    return {**dataclasses.asdict(tool), "binding": {kind: dataclasses.asdict(tool.binding)}}


def _read_gateway(value: JsonObject) -> Gateway:
    return Gateway(**_common(value))


def _read_target(value: JsonObject) -> Target:
    synchronized = value["last_synchronized_at"]
    return Target(
        **_common(value)
        | {
            "tools": tuple(_read_tool(tool) for tool in value["tools"]),
            "last_synchronized_at": synchronized and datetime.fromisoformat(synchronized),
        }
    )


def _common(value: JsonObject) -> JsonObject:
    return value | {
        "status": Status(value["status"]),
        "status_reasons": tuple(value["status_reasons"]),
        "created_at": datetime.fromisoformat(value["created_at"]),
        "updated_at": datetime.fromisoformat(value["updated_at"]),
    }


def _read_tool(value: JsonObject) -> Tool:
    (kind, binding), *_ = value["binding"].items()
    return Tool(**value | {"binding": _read_binding(kind, binding)})


def _read_binding(kind: str, value: JsonObject) -> Binding:
    if kind == BINDINGS[LambdaBinding]:
        return LambdaBinding(**value)
    if kind == BINDINGS[McpBinding]:
        return McpBinding(**value)
    parameters = tuple(Parameter(**parameter) for parameter in value["parameters"])
    headers = tuple((name, text) for name, text in value.get("headers", ()))
    return HttpBinding(**value | {"parameters": parameters, "headers": headers})
