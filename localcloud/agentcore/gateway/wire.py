"""From ASGI to `cloud.Request`, within the size a gateway takes."""

from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope

from localcloud.agentcore.gateway.errors import BodyTooLarge
from localcloud.cloud import Request

MAX_BODY_BYTES: Final = 6 * 1024 * 1024
"""The quota "payload" of AgentCore gateways: 6 MB."""


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Read one request.

    Raises:
        BodyTooLarge: the body has more than 6 MB.
        ClientDisconnect: the client left before the end of its body.
    """
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    )
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        query=scope.get("query_string", b"").decode("latin-1"),
        headers=headers,
        body=await _body(dict(headers).get("content-length", ""), receive),
    )


async def _body(declared: str, receive: Receive) -> bytes:
    if declared.isdecimal() and int(declared[:20]) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"Request body exceeds {MAX_BODY_BYTES} bytes")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY_BYTES:
            raise BodyTooLarge(f"Request body exceeds {MAX_BODY_BYTES} bytes")
        if not message.get("more_body", False):
            return b"".join(parts)
