"""Speak to an ASGI app in process: from plain code, and from unmodified boto3 clients.

An app runs on an event loop of its own thread, so that its background work goes on between
requests, as it does under a server. Every wait is bounded.
"""

import asyncio
import threading
from collections.abc import Coroutine, Iterator, MutableMapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any, Self
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders
from botocore.client import BaseClient
from botocore.config import Config
from starlette.types import ASGIApp, Message, Scope

from localcloud.cloud import Request, Response

WAIT_S = 10.0
"""Longest any call into the app may take, in seconds."""

REGION = "us-east-1"
ACCESS_KEY_ID = "AKIDEXAMPLE"
KEYS: dict[str, Any] = {"aws_access_key_id": ACCESS_KEY_ID, "aws_secret_access_key": "secret"}
"""Of nobody, as boto3 takes them."""


class LoopThread:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(_cancel_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_S)
        self._loop.close()

    def run[T](self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and return what it returns."""
        return asyncio.run_coroutine_threadsafe(_bounded(work), self._loop).result(WAIT_S + 1)


async def ask(app: ASGIApp, request: Request) -> Response:
    """Send one request to an ASGI app and collect its response."""
    sent: list[Message] = []
    inbox = [{"type": "http.request", "body": request.body, "more_body": False}]

    async def receive() -> MutableMapping[str, Any]:
        if not inbox:  # the client stays until it has its answer
            await asyncio.get_running_loop().create_future()
        return inbox.pop()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(_scope(request), receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers = {
        key.decode("latin-1").lower(): value.decode("latin-1") for key, value in start["headers"]
    }
    body = b"".join(message.get("body", b"") for message in sent)
    return Response(status=start["status"], headers=headers, body=body)


@contextmanager
def bridged[C: BaseClient](client: C, app: ASGIApp, loop: LoopThread) -> Iterator[C]:
    """Let a boto3 client's requests, signed and serialised, end in `app`."""

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        response = loop.run(ask(app, as_request(request)))
        headers = HTTPHeaders.from_dict(response.headers)
        return AWSResponse(request.url, response.status, headers, _Raw(response.body))

    hook: Any = answer  # the stubs know only hooks that return nothing
    client.meta.events.register_first("before-send.*", hook)
    try:
        yield client
    finally:
        client.meta.events.unregister("before-send.*", hook)
        client.close()


def boto3_client(service: str, *, access_key_id: str = ACCESS_KEY_ID) -> Any:  # noqa: ANN401 - a type per service
    """Return a boto3 client with fake keys that tries once and checks nothing itself.

    Without botocore's own parameter check, wrong input reaches the app.
    """
    create: Any = boto3.client
    return create(
        service,
        region_name=REGION,
        aws_access_key_id=access_key_id,
        aws_secret_access_key="secret",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


def as_request(request: AWSPreparedRequest) -> Request:
    """Turn what botocore would send into the bytes a server would get."""
    parts = urlsplit(request.url)
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    headers = tuple((key.lower(), _text(value)) for key, value in request.headers.items())
    return Request(
        method=request.method,
        path=parts.path or "/",
        query=parts.query,
        headers=(("host", parts.netloc), *headers),
        body=body.encode() if isinstance(body, str) else bytes(body),
    )


class _Raw(BytesIO):
    """The urllib3 face that botocore reads bodies from."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _scope(request: Request) -> Scope:
    from_headers = [
        (key.encode("latin-1"), value.encode("latin-1")) for key, value in request.headers
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "https",
        "path": unquote(request.path),
        "raw_path": request.path.encode("latin-1"),
        "query_string": request.query.encode("latin-1"),
        "root_path": "",
        "headers": from_headers,
        "client": ("127.0.0.1", 50000),
        "server": (request.header("host") or "localhost", 443),
        "state": {},
    }


async def _bounded[T](work: Coroutine[Any, Any, T]) -> T:
    async with asyncio.timeout(WAIT_S):
        return await work


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
