"""The endpoint of every gateway, as one ASGI app.

A request goes through these stages, and any of them may refuse it: find the gateway, read the body,
let the authorizer look at it, answer it as MCP.

Sources: AgentCore Developer Guide, gateway endpoints and quotas; MCP, streamable HTTP. Claims and
known gaps: docs/fidelity.toml, ids `gateway.*`.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final, Literal
from uuid import uuid4

from mcp_types.jsonrpc import INTERNAL_ERROR
from pydantic_core import to_json
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.agentcore.gateway import rpc
from localcloud.agentcore.gateway.calls import ToolCaller
from localcloud.agentcore.gateway.decisions import DecisionLog
from localcloud.agentcore.gateway.dynamic import DynamicTargets
from localcloud.agentcore.gateway.engine_access import EngineAccess
from localcloud.agentcore.gateway.errors import (
    GatewayNotFound,
    MethodNotAllowed,
    NotAuthorized,
    ParseError,
    Refusal,
    UnsupportedMediaType,
)
from localcloud.agentcore.gateway.guard import Deciding
from localcloud.agentcore.gateway.inbound import expect_known_origin
from localcloud.agentcore.gateway.metadata import protected_resource_metadata
from localcloud.agentcore.gateway.methods import Methods
from localcloud.agentcore.gateway.places import Document, Place, locate
from localcloud.agentcore.gateway.protocol import Answer, Protocol
from localcloud.agentcore.gateway.role import RoleCredentials
from localcloud.agentcore.gateway.search.model import tool_model
from localcloud.agentcore.gateway.search.reading import Reads
from localcloud.agentcore.gateway.search.service import ToolSearch
from localcloud.agentcore.gateway.sending import TargetSender
from localcloud.agentcore.gateway.served import Served, ServedGateways
from localcloud.agentcore.gateway.servers import McpServers
from localcloud.agentcore.gateway.tool_calls import ToolCalls
from localcloud.agentcore.gateway.wire import read_request
from localcloud.agentcore.observed import Observer
from localcloud.agentcore.ports import (
    GatewayReader,
    NoPolicies,
    PolicyReader,
    TargetCredentials,
)
from localcloud.cloud import Cloud, Request
from minilm.embedding import Embedder

logger = logging.getLogger(__name__)

JSON: Final = (b"content-type", b"application/json")
NOT_FOUND: Final = HTTPStatus.NOT_FOUND
"""The status of requests to gateways that do not exist."""
EVENT_STREAM: Final = (b"content-type", b"text/event-stream")


@dataclass(frozen=True)
class Choices:
    """Where AWS's behaviour is not known, or has been seen in two ways.

    `page_size` is in tools; `unknown_tool_status` is the HTTP status of a tools/call for a tool
    that is not there, whose body is a JSON-RPC error -32602 either way; `denied_as` says whether a
    call that policies deny is answered with a JSON-RPC error or with a tool result.
    """

    page_size: int = 100
    unknown_tool_status: Literal[200, 404] = 200
    denied_as: Literal["error", "result"] = "error"


@dataclass(frozen=True)
class Reply:
    """An HTTP response. `method` and `tool` are for the log."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = (JSON,)
    method: str = "none"
    tool: str | None = None


def gateway_app(
    reader: GatewayReader,
    cloud: Cloud,
    clock: Callable[[], datetime],
    *,
    choices: Choices | None = None,
    new_id: Callable[[], str] = lambda: str(uuid4()),
    policies: PolicyReader | None = None,
    decisions: DecisionLog | None = None,
    credentials: TargetCredentials | None = None,
    model: Reads | None = None,
    tool_shelf: Path | None = None,
    observer: Observer | None = None,
) -> ASGIApp:
    """Return the app that answers for every gateway.

    Args:
        reader: what the control plane knows.
        cloud: the cloud around AgentCore.
        clock: the time, as an aware datetime.
        choices: behaviour that is not known of AWS.
        new_id: gives request ids.
        policies: what policy engines decide by; without, there are no engines.
        decisions: where decisions are written; who passes it closes it.
        credentials: gives what targets' credential providers keep.
        model: what tools are found with; `search.model.tool_model` if none is given.
        tool_shelf: the file that keeps what that model read; without, each start reads anew.
        observer: is told of requests and decisions.
    """

    def now_s() -> float:
        return clock().timestamp()

    roles = RoleCredentials(cloud, now_s)
    deciding = Deciding(
        policies or NoPolicies(),
        EngineAccess(cloud, roles, now_s),
        decisions or DecisionLog(cloud, clock, new_id),
        clock,
        observer,
    )
    chosen = choices or Choices()
    gateways = ServedGateways(reader, cloud, now_s, deciding, page_size=chosen.page_size)
    sender = TargetSender(cloud, roles.of, credentials)
    servers = McpServers(sender)
    dynamic = DynamicTargets(servers)
    search = ToolSearch(model or tool_model(Embedder()), tool_shelf)
    caller = ToolCaller(sender, servers, cloud.region, new_id)
    calls = ToolCalls(caller, dynamic, search, denied_as=chosen.denied_as)
    methods = Methods(calls, dynamic, search)
    protocol = Protocol(methods, unknown_tool_status=chosen.unknown_tool_status)
    return GatewayApp(gateways, protocol, now_s, observer)


class GatewayApp:
    """See `gateway_app`."""

    def __init__(
        self,
        gateways: ServedGateways,
        protocol: Protocol,
        now_s: Callable[[], float],
        observer: Observer | None = None,
    ) -> None:
        """Take the parts; `now_s` gives seconds since the Unix epoch."""
        self._gateways = gateways
        self._protocol = protocol
        self._now_s = now_s
        self._observer = observer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; other scopes are none of ours."""
        if scope["type"] != "http":
            return
        started_s = self._now_s()
        place = _place(scope)
        try:
            reply = await self._reply(place, scope, receive)
        except ClientDisconnect:
            return
        except Exception:  # the outermost layer: a bug of ours
            logger.exception("gateway request failed")
            body = rpc.error_of(0, INTERNAL_ERROR, "Internal error")
            reply = Reply(HTTPStatus.INTERNAL_SERVER_ERROR, body)
        await _send(send, reply)
        duration_ms = (self._now_s() - started_s) * 1000
        if self._observer is not None and place is not None and reply.status != NOT_FOUND:
            self._observer.gateway_called(
                place.gateway_id, reply.method, reply.tool, reply.status, duration_ms
            )
        _log(place, reply, duration_ms=duration_ms)

    async def _reply(self, place: Place | None, scope: Scope, receive: Receive) -> Reply:
        try:
            served = self._find(place)
            if served is None or place is None:
                raise GatewayNotFound("The requested gateway does not exist.")
            if place.document is Document.METADATA:
                return _metadata(served, place, scope["method"])
            if scope["method"] != "POST":
                raise MethodNotAllowed("Method not allowed")
            return await self._mcp(served, place, await read_request(scope, receive))
        except Refusal as refusal:
            return _refused(refusal)

    def _find(self, place: Place | None) -> Served | None:
        return self._gateways.find(place.gateway_id) if place is not None else None

    async def _mcp(self, served: Served, place: Place, request: Request) -> Reply:
        expect_known_origin(request, place)
        try:
            admitted = await served.admit(request, place)
        except NotAuthorized as refusal:
            return _refused(refusal, _id_of(request))
        media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise UnsupportedMediaType("Content-Type is not application/json")
        return _answered(await self._protocol.answer(served, admitted, request), served, request)


def _place(scope: Scope) -> Place | None:
    headers: Mapping[bytes, bytes] = dict(scope["headers"])
    return locate(
        scheme=scope.get("scheme", "http"),
        host=headers.get(b"host", b"").decode("latin-1").lower(),
        path=scope.get("raw_path", b"").decode("latin-1") or scope["path"],
    )


def _metadata(served: Served, place: Place, method: str) -> Reply:
    document = protected_resource_metadata(served.gateway, place)
    if document is None:
        raise GatewayNotFound("The gateway takes no bearer tokens.")
    if method != "GET":
        raise MethodNotAllowed("Method not allowed")
    return Reply(HTTPStatus.OK, to_json(document), method="metadata")


def _answered(answer: Answer, served: Served, request: Request) -> Reply:
    body, content_type = answer.body, JSON
    if served.streams and body and "text/event-stream" in (request.header("accept") or ""):
        body, content_type = b"event: message\ndata: %b\n\n" % body, EVENT_STREAM
    headers = (content_type,) if body else ()
    return Reply(answer.status, body, headers, answer.method, answer.tool)


def _refused(refusal: Refusal, id_: rpc.RequestId = 0) -> Reply:
    if isinstance(refusal, MethodNotAllowed):
        return Reply(refusal.status, headers=((b"allow", b"POST"),))
    if isinstance(refusal, GatewayNotFound):
        error_type = (b"x-amzn-errortype", refusal.code.encode())
        return Reply(refusal.status, to_json({"message": str(refusal)}), (JSON, error_type))
    body = rpc.error_of(id_, refusal.rpc_code, str(refusal))
    if refusal.challenge is None:
        return Reply(refusal.status, body)
    challenge = (b"www-authenticate", refusal.challenge.encode("latin-1", "replace"))
    return Reply(refusal.status, body, (JSON, challenge))


def _id_of(request: Request) -> rpc.RequestId:
    """Return the id of the request in a body nobody has read yet, 0 if it has none."""
    try:
        id_ = rpc.request_id(rpc.parse(request.body))
    except ParseError:
        return 0
    return 0 if id_ is None else id_


async def _send(send: Send, reply: Reply) -> None:
    length = (b"content-length", str(len(reply.body)).encode())
    headers = [*reply.headers, length]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def _log(place: Place | None, reply: Reply, *, duration_ms: float) -> None:
    if logger.isEnabledFor(logging.INFO):
        fields = {
            "gateway_id": place.gateway_id if place else None,
            "method": reply.method,
            "tool": reply.tool,
            "status": int(reply.status),
            "duration_ms": round(duration_ms, 3),
        }
        logger.info("gateway request", extra=fields)
