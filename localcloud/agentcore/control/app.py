"""The control plane, and what else of AgentCore answers one reply a request, as an ASGI app."""

import logging
import uuid
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.errors import InternalFailure
from localcloud.agentcore.wire.asgi import read_request, write_response
from localcloud.agentcore.wire.requests import MAX_BODY_BYTES
from localcloud.agentcore.wire.responses import write_error

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
        try:
            request = await read_request(scope, receive, MAX_BODY_BYTES)
        except ClientDisconnect:
            return
        try:
            response = await plane.handle(request, request_id)
        except Exception:  # the outermost layer: a bug of ours
            logger.exception("failed: %s %s", request.method, request_id)
            response = write_error(InternalFailure("Internal server error"), request_id)
        await write_response(response, send)

    return app
