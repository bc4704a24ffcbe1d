"""The methods of MCP that a gateway has, in the protocol of handshakes and in that without.

Sources: MCP specification, versions 2025-03-26 to 2026-07-28; AgentCore Developer Guide, MCP
operations.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from mcp_types import SERVER_INFO_META_KEY
from pydantic_core import to_json

from localcloud.agentcore.gateway.dynamic import DynamicTargets
from localcloud.agentcore.gateway.errors import InvalidParams
from localcloud.agentcore.gateway.orders import Order
from localcloud.agentcore.gateway.search.service import ToolSearch
from localcloud.agentcore.gateway.served import Served
from localcloud.agentcore.gateway.tool_calls import ToolCalls

SERVER_INFO: Final = {"name": "agentcore-gateway", "version": "1.0.0"}
"""The Developer Guide's sample; whether a gateway gives its own name is not known."""

_MODERN: Final = {
    "resultType": "complete",
    "_meta": {SERVER_INFO_META_KEY: SERVER_INFO},
}
"""What MCP 2026-07-28 adds to every result."""

_CACHE: Final = {"ttlMs": 0, "cacheScope": "private"}
"""What it adds to results a client may keep: ours are stale at once."""

_LIST_EXTRA: Final = to_json(_MODERN | _CACHE)[1:-1] + b","
type Method = Callable[[Order], Awaitable[bytes]]
"""Answers an order with a result in JSON, or raises an `RpcError`."""


class Methods:
    """Answers the methods; `handshake` and `modern` are those of each protocol, by name."""

    def __init__(self, calls: ToolCalls, dynamic: DynamicTargets, search: ToolSearch) -> None:
        """Take what calls, lists and finds tools."""
        self._calls = calls
        self._dynamic = dynamic
        self._search = search
        self.handshake: Mapping[str, Method] = {
            "initialize": self._initialize,
            "ping": self._ping,
            "tools/list": self._list,
            "tools/call": self._call,
        }
        self.modern: Mapping[str, Method] = {
            "server/discover": self._discover,
            "tools/list": self._list,
            "tools/call": self._call,
        }

    async def _initialize(self, order: Order) -> bytes:
        requested = order.rpc.params.get("protocolVersion")
        if not isinstance(requested, str):
            raise InvalidParams("Invalid params: protocolVersion is not a string")
        result: dict[str, Any] = {
            "protocolVersion": order.served.versions.negotiate(requested),
            "capabilities": {"tools": {"listChanged": True}},
            "serverInfo": SERVER_INFO,
        }
        return to_json(result | _instructions(order.served))

    async def _discover(self, order: Order) -> bytes:
        result: dict[str, Any] = {
            "supportedVersions": list(order.served.versions.supported),
            "capabilities": {"tools": {}},
        }
        return to_json(result | _instructions(order.served) | _MODERN | _CACHE)

    async def _ping(self, _: Order) -> bytes:
        return b"{}"

    async def _list(self, order: Order) -> bytes:
        cursor, catalog = order.rpc.params.get("cursor"), order.served.catalog
        if catalog.searchable:
            self._search.prepare(catalog)
        extra = _LIST_EXTRA if order.modern else b""
        if live := catalog.live(cursor):
            return await self._dynamic.page(live, order.errand, extra)
        return catalog.page(cursor, extra, await order.visible())

    async def _call(self, order: Order) -> bytes:
        name, arguments = order.rpc.params.get("name"), order.rpc.params.get("arguments")
        if not isinstance(name, str):
            raise InvalidParams("Invalid params: name is not a string")
        if not isinstance(arguments, dict | None):
            raise InvalidParams("Invalid params: arguments is not an object")
        result = await self._calls.call(order, name, arguments or {})
        if order.modern:
            result = result | _MODERN | {"_meta": _MODERN["_meta"] | result.get("_meta", {})}
        return to_json(result)


def _instructions(served: Served) -> dict[str, Any]:
    mcp = (served.gateway.config.get("protocolConfiguration") or {}).get("mcp") or {}
    instructions = mcp.get("instructions")
    return {"instructions": instructions} if instructions else {}
