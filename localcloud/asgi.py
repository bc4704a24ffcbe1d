"""Calling an ASGI application from the same process."""

import asyncio
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from starlette.types import ASGIApp, Message, Scope

from localcloud.cloud import Response


async def call(
    app: ASGIApp,
    method: str,
    url: str,
    *,
    headers: Iterable[tuple[str, str]],
    body: bytes,
) -> Response:
    """Send one request to `app` and return its whole response.

    It runs in a task of its own: what the application sets in context variables stays there.
    """
    collector = _Collector(body)
    scope = _scope(method, url, headers)
    await asyncio.create_task(_run(app, scope, collector))
    return collector.response()


async def _run(app: ASGIApp, scope: Scope, collector: "_Collector") -> None:
    await app(scope, collector.receive, collector.send)


def _scope(method: str, url: str, headers: Iterable[tuple[str, str]]) -> Scope:
    parts = urlsplit(url)
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if not any(name == b"host" for name, _ in raw):
        raw.insert(0, (b"host", parts.netloc.encode("latin-1")))
    path = parts.path or "/"
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": parts.scheme,
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": parts.query.encode("ascii"),
        "root_path": "",
        "headers": raw,
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname, parts.port or 443),
        "state": {},
    }


class _Collector:
    """Both ends of one in-process request."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._status = 500
        self._headers: dict[str, str] = {}
        self._chunks: list[bytes] = []
        self._answered = asyncio.Event()

    async def receive(self) -> Message:
        if self._body is None:  # the client stays until it has its answer
            await self._answered.wait()
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {
                name.decode("latin-1").lower(): value.decode("latin-1")
                for name, value in message.get("headers", [])
            }
        elif message["type"] == "http.response.body":
            self._chunks.append(message.get("body", b""))
            if not message.get("more_body", False):
                self._answered.set()

    def response(self) -> Response:
        return Response(status=self._status, headers=self._headers, body=b"".join(self._chunks))
