"""From ASGI to `cloud.Request`, and back from `cloud.Response`."""

from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from localcloud.cloud import Request, Response


async def read_request(scope: Scope, receive: Receive, max_body_bytes: int) -> Request:
    """Read a request. Of a body that is too large no more is kept than shows that it is.

    Raises:
        ClientDisconnect: the client left before it had sent the whole body.
    """
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        if len(body) <= max_body_bytes:
            body += message.get("body", b"")
        more = message.get("more_body", False)
    return Request(
        method=scope["method"],
        path=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((k.decode("latin-1"), v.decode("latin-1")) for k, v in scope["headers"]),
        body=bytes(body),
    )


async def write_response(response: Response, send: Send) -> None:
    """Send a whole response."""
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in response.headers.items()]
    if response.status != HTTPStatus.NO_CONTENT:  # which may have no length (RFC 9110, 8.6)
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
