"""The control plane, and what else of AgentCore answers one reply a request, as an ASGI app."""

import logging
import uuid
from collections.abc import Callable
from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.errors import InternalFailure
from localcloud.agentcore.wire.requests import MAX_BODY_BYTES
from localcloud.agentcore.wire.responses import write_error
from localcloud.cloud import Request, Response

logger = logging.getLogger(__name__)


def new_request_id() -> str:
    """Return a random UUID."""
    return str(uuid.uuid4())


def control_app(plane: ControlPlane, request_ids: Callable[[], str] = new_request_id) -> ASGIApp:
    """Return the ASGI app that answers for `plane`."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(f"the control plane speaks HTTP only, not {scope['type']}")
        request_id = request_ids()
        request = await _read(scope, receive)
        try:
            response = await plane.handle(request, request_id)
        except Exception:
            logger.exception("failed: %s %s", request.method, request_id)
            response = write_error(InternalFailure("Internal server error"), request_id)
        await _write(response, send)

    return app


async def _read(scope: Scope, receive: Receive) -> Request:
    """Read a request. Of a body that is too large no more is kept than shows that it is."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            break
        if len(body) <= MAX_BODY_BYTES:
            body += message.get("body", b"")
        more = message.get("more_body", False)
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]),
        body=bytes(body),
    )


async def _write(response: Response, send: Send) -> None:
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in response.headers.items()]
    if response.status != HTTPStatus.NO_CONTENT:  # which may have no length (RFC 9110, 8.6)
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
