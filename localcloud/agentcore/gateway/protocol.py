"""MCP: from the body of a POST to its answer.

Which protocol a message is in, batches, and HTTP statuses; what is asked for is answered by
`methods`. Source: MCP specification, versions 2025-03-26 to 2026-07-28. HTTP statuses of JSON-RPC
errors follow the specification; what AWS sends is not known (claim `gateway.rpc-status`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, Literal

from mcp.shared.inbound import ERROR_CODE_HTTP_STATUS, MCP_PROTOCOL_VERSION_HEADER

from localcloud.agentcore.gateway import rpc
from localcloud.agentcore.gateway.errors import (
    InvalidRequest,
    MethodNotFound,
    ParseError,
    RpcError,
    UnknownTool,
    UnsupportedVersion,
)
from localcloud.agentcore.gateway.methods import Method, Methods
from localcloud.agentcore.gateway.orders import Order
from localcloud.agentcore.gateway.principals import Admitted
from localcloud.agentcore.gateway.search.tool import NAME as SEARCH_TOOL
from localcloud.agentcore.gateway.served import Served
from localcloud.agentcore.gateway.versions import BATCHING, is_modern
from localcloud.cloud import Request

MAX_BATCH: Final = 50
"""Messages in one body, for the one version that has batches."""

_BAD_REQUEST: Final = (ParseError, InvalidRequest, UnsupportedVersion)


@dataclass(frozen=True)
class Answer:
    """An answer. `method` and `tool` are for the log, and never what a client made up."""

    status: int
    body: bytes
    method: str
    tool: str | None = None


class Protocol:
    """Answers MCP messages."""

    def __init__(self, methods: Methods, *, unknown_tool_status: Literal[200, 404]) -> None:
        """Take the methods, and the HTTP status of a call for a tool that is not there."""
        self._methods = methods
        self._unknown_tool_status = unknown_tool_status

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
            methods = self._methods.modern if modern else self._methods.handshake
            method = read.method if read.method in methods else "unknown"
            if modern:
                served.versions.expect_envelope(request, read.raw)
            tool = _known_tool(served, read)
            answer = _method(methods, read.method)
            body = await answer(Order(served, admitted, request, read, modern))
        except RpcError as error:
            body = rpc.error(rpc.request_id(message), error)
            return Answer(self._status(error, modern=modern), body, method, tool)
        return Answer(HTTPStatus.OK, rpc.result(read.id, body), method, tool)

    def _status(self, error: RpcError, *, modern: bool) -> int:
        if isinstance(error, UnknownTool) and not modern:
            return self._unknown_tool_status
        if modern or isinstance(error, _BAD_REQUEST):
            return ERROR_CODE_HTTP_STATUS.get(error.rpc_code, HTTPStatus.OK)
        return HTTPStatus.OK


def _method(methods: Mapping[str, Method], name: str) -> Method:
    method = methods.get(name)
    if method is None:
        raise MethodNotFound("Method not found")
    return method


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


def _known_tool(served: Served, request: rpc.RpcRequest) -> str | None:
    """Return the name of the tool a request is about if it is one of ours."""
    name = request.params.get("name") if request.method == "tools/call" else None
    if name == SEARCH_TOOL and served.catalog.searchable:
        return SEARCH_TOOL
    entry = served.catalog.find(name) if isinstance(name, str) else None
    return entry.name if entry else None
