"""MCP: from the body of a POST to its answer.

Sources: MCP specification, versions 2025-03-26 to 2026-07-28; AgentCore Developer Guide, MCP
operations. HTTP statuses of JSON-RPC errors follow the specification; what AWS sends is not known
(claim `gateway.rpc-status`).
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

from mcp.shared.inbound import ERROR_CODE_HTTP_STATUS, MCP_PROTOCOL_VERSION_HEADER
from mcp_types import SERVER_INFO_META_KEY
from pydantic_core import to_json

from localcloud.agentcore.gateway import rpc
from localcloud.agentcore.gateway.calls import ToolCall, ToolCaller
from localcloud.agentcore.gateway.dynamic import DynamicTargets
from localcloud.agentcore.gateway.errors import (
    ConsentNeeded,
    InvalidParams,
    InvalidRequest,
    MethodNotFound,
    ParseError,
    PolicyEvaluationFailed,
    RpcError,
    ToolDenied,
    UnknownTool,
    UnsupportedVersion,
)
from localcloud.agentcore.gateway.orders import Order
from localcloud.agentcore.gateway.principals import Admitted
from localcloud.agentcore.gateway.results import failure
from localcloud.agentcore.gateway.search.service import ToolSearch
from localcloud.agentcore.gateway.search.tool import NAME as SEARCH_TOOL
from localcloud.agentcore.gateway.served import Served
from localcloud.agentcore.gateway.versions import BATCHING, is_modern
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.ports import ConsentRequired
from localcloud.cloud import Request

SERVER_INFO: Final = {"name": "agentcore-gateway", "version": "1.0.0"}
"""The Developer Guide's sample; whether a gateway gives its own name is not known."""

MAX_BATCH: Final = 50
"""Messages in one body, for the one version that has batches."""

_MODERN: Final = {
    "resultType": "complete",
    "_meta": {SERVER_INFO_META_KEY: SERVER_INFO},
}
"""What MCP 2026-07-28 adds to every result."""

_CACHE: Final = {"ttlMs": 0, "cacheScope": "private"}
"""What it adds to results a client may keep: ours are stale at once."""

_LIST_EXTRA: Final = to_json(_MODERN | _CACHE)[1:-1] + b","
_BAD_REQUEST: Final = (ParseError, InvalidRequest, UnsupportedVersion)


@dataclass(frozen=True)
class Answer:
    """An answer. `method` and `tool` are for the log, and never what a client made up."""

    status: int
    body: bytes
    method: str
    tool: str | None = None


_Handler = Callable[[Order], Awaitable[bytes]]


class Protocol:
    """Answers MCP messages."""

    def __init__(
        self,
        caller: ToolCaller,
        dynamic: DynamicTargets,
        search: ToolSearch,
        *,
        unknown_tool_status: Literal[200, 404],
        denied_as: Literal["error", "result"] = "error",
    ) -> None:
        """Take what calls, lists and finds tools, a missing tool's status, the form of denials."""
        self._caller = caller
        self._dynamic = dynamic
        self._search = search
        self._denied_as = denied_as
        self._unknown_tool_status = unknown_tool_status
        self._handshake: Mapping[str, _Handler] = {
            "initialize": self._initialize,
            "ping": self._ping,
            "tools/list": self._list,
            "tools/call": self._call,
        }
        self._modern: Mapping[str, _Handler] = {
            "server/discover": self._discover,
            "tools/list": self._list,
            "tools/call": self._call,
        }

    async def answer(self, served: Served, admitted: Admitted, request: Request) -> Answer:
        """Answer the body of one POST."""
        try:
            message = rpc.parse(request.body)
        except ParseError as error:
            return Answer(HTTPStatus.BAD_REQUEST, rpc.error(None, error), "invalid")
        if isinstance(message, list):
            return await self._batch(served, admitted, request, message)
        return await self._one(served, admitted, request, message)

    async def _batch(
        self, served: Served, admitted: Admitted, request: Request, messages: list[Any]
    ) -> Answer:
        try:
            _expect_batch(served.versions.of(request), messages)
        except RpcError as error:
            return Answer(HTTPStatus.BAD_REQUEST, rpc.error(None, error), "batch")
        answers = [await self._one(served, admitted, request, message) for message in messages]
        bodies = [answer.body for answer in answers if answer.body]
        if not bodies:
            return Answer(HTTPStatus.ACCEPTED, b"", "batch")
        return Answer(HTTPStatus.OK, b"[%b]" % b",".join(bodies), "batch")

    async def _one(
        self, served: Served, admitted: Admitted, request: Request, message: object
    ) -> Answer:
        modern = False
        method, tool = "invalid", None
        try:
            read = rpc.read(message)
            modern = _is_modern(served, request, read)
            if isinstance(read, rpc.RpcNotification):
                return Answer(HTTPStatus.ACCEPTED, b"", "notification")
            handlers = self._modern if modern else self._handshake
            method = read.method if read.method in handlers else "unknown"
            if modern:
                served.versions.expect_envelope(request, read.raw)
            tool = _known_tool(served, read)
            body = await self._handler(handlers, read)(
                Order(served, admitted, request, read, modern)
            )
        except RpcError as error:
            body = rpc.error(rpc.request_id(message), error)
            return Answer(self._status(error, modern=modern), body, method, tool)
        return Answer(HTTPStatus.OK, rpc.result(read.id, body), method, tool)

    def _handler(self, handlers: Mapping[str, _Handler], request: rpc.RpcRequest) -> _Handler:
        handler = handlers.get(request.method)
        if handler is None:
            raise MethodNotFound("Method not found")
        return handler

    def _status(self, error: RpcError, *, modern: bool) -> int:
        if isinstance(error, UnknownTool) and not modern:
            return self._unknown_tool_status
        if modern or isinstance(error, _BAD_REQUEST):
            return ERROR_CODE_HTTP_STATUS.get(error.rpc_code, HTTPStatus.OK)
        return HTTPStatus.OK

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
        if name == SEARCH_TOOL and order.served.catalog.searchable:
            result = await self._found(order, arguments or {})
        else:
            result = await self._called(order, name, arguments or {})
        if order.modern:
            result = result | _MODERN | {"_meta": _MODERN["_meta"] | result.get("_meta", {})}
        return to_json(result)

    async def _called(self, order: Order, name: str, arguments: JsonObject) -> dict[str, Any]:
        catalog = order.served.catalog
        entry = catalog.find(name) or self._dynamic.find(catalog, name)
        if entry is None:
            raise UnknownTool(f"Unknown tool: {name}")
        call = ToolCall(order.errand(entry.target), entry, arguments, order.rpc.id)
        try:
            return await self._refusal(order, call) or await self._caller.call(call)
        except ConsentRequired as needed:
            raise ConsentNeeded.at(needed.url, needed.session_uri) from needed

    async def _found(self, order: Order, arguments: JsonObject) -> dict[str, Any]:
        try:
            visible = await order.visible()
        except PolicyEvaluationFailed as error:
            return failure(str(error))
        return await self._search.call(order.served.catalog, arguments, visible=visible)

    async def _refusal(self, order: Order, call: ToolCall) -> dict[str, Any] | None:
        """Return the result of a call that policies refuse, where it is not an error: else None.

        Raises:
            ToolDenied: they do, and that is how it is to be said.
        """
        if order.served.guard is None:
            return None
        try:
            await order.served.guard.expect_allowed(order.admitted, call.entry.name, call.arguments)
        except PolicyEvaluationFailed as error:
            return failure(str(error))
        except ToolDenied as error:
            if self._denied_as == "error":
                raise
            return failure(f"AuthorizeActionException - {error}")
        return None


def _is_modern(
    served: Served, request: Request, message: rpc.RpcRequest | rpc.RpcNotification
) -> bool:
    """Tell which protocol a message is in; `initialize` comes before there is a version."""
    header = request.header(MCP_PROTOCOL_VERSION_HEADER)
    if message.method == "initialize" and not is_modern(header or ""):
        return False
    return is_modern(served.versions.of(request))


def _expect_batch(version: str, messages: list[Any]) -> None:
    if version != BATCHING:
        raise InvalidRequest("Invalid Request: this protocol version has no batches")
    if not 0 < len(messages) <= MAX_BATCH:
        raise InvalidRequest(f"Invalid Request: a batch has 1 to {MAX_BATCH} messages")
    for message in messages:
        if isinstance(message, dict) and message.get("method") == "initialize":
            raise InvalidRequest("Invalid Request: initialize cannot be part of a batch")


def _instructions(served: Served) -> dict[str, Any]:
    mcp = (served.gateway.config.get("protocolConfiguration") or {}).get("mcp") or {}
    instructions = mcp.get("instructions")
    return {"instructions": instructions} if instructions else {}


def _known_tool(served: Served, request: rpc.RpcRequest) -> str | None:
    """Return the name of the tool a request is about if it is one of ours."""
    name = request.params.get("name") if request.method == "tools/call" else None
    if name == SEARCH_TOOL and served.catalog.searchable:
        return SEARCH_TOOL
    entry = served.catalog.find(name) if isinstance(name, str) else None
    return entry.name if entry else None
