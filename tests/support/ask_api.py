"""A stand-in of the public API: what `POST /invoke` and `/invoke/stream` answer, as scripted.

Without a script it answers every question with an echo, in the same thread. Like API Gateway it
wants the key, and answers a path that it has not with 403.
"""

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from chat_page.app import lambda_handler
from tests.support.loopback import WAIT_S, serve

KEY = "0123456789abcdefghijKLMNOPQRSTuvwxyz0123"
SOURCE = {"question": "How do I activate roaming?", "score": 0.91}
EVENT_STREAM = "text/event-stream"

type Json = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """A whole answer, of either route."""

    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Stream:
    """An answer in events. Before each event but the first, `gate` is waited for."""

    events: tuple[Json, ...]
    gate: threading.Semaphore | None = None


class Silence:
    """No answer, until the test is over."""


@dataclass(frozen=True)
class Asked:
    """A question that came in. `at_s` is of the monotonic clock."""

    at_s: float
    path: str
    headers: Mapping[str, str]
    body: Json


def reply(result: str, thread_id: str = "thread-1", sources: tuple[Json, ...] = (SOURCE,)) -> Json:
    """Return the body of a good answer."""
    return {
        "result": result,
        "actor_id": "actor-1",
        "thread_id": thread_id,
        "sources": list(sources),
    }


TOO_MANY = Answer(429, {"message": "Too Many Requests"})
FAULT = Answer(500, {"error": "The assistant failed."})
NO_ROUTE = Answer(403, {"message": "Missing Authentication Token"})


class AskApi:
    """The API on a port; `script` is answered first to last, then echoes follow."""

    def __init__(self, *script: Answer | Stream | Silence) -> None:
        self.asked: list[Asked] = []
        self.script = deque(script)
        self.closing = threading.Event()

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serve; the value is the API's base URL, without a trailing slash."""
        routes = [
            Route("/prod/chat", self._page),
            Route("/prod/invoke", self._ask, methods=["POST"]),
            Route("/prod/invoke/stream", self._ask, methods=["POST"]),
            Route("/{path:path}", _no_route, methods=["GET", "POST"]),
        ]
        with serve(Starlette(routes=routes)) as base:
            try:
                yield f"{base}/prod"
            finally:
                self.closing.set()

    async def _page(self, request: Request) -> Response:
        event = {"httpMethod": "GET", "path": "/chat", "headers": dict(request.headers)}
        answer = lambda_handler(event, cast("Any", None))
        return Response(answer["body"], answer["statusCode"], answer["headers"])

    async def _ask(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(Asked(time.monotonic(), request.url.path, dict(request.headers), body))
        if request.headers.get("x-api-key") != KEY:
            return JSONResponse({"message": "Forbidden"}, 403)
        streamed = request.url.path.endswith("/stream")
        answer = self.script.popleft() if self.script else _echo(body, streamed=streamed)
        match answer:
            case Answer():
                return JSONResponse(answer.body, answer.status, dict(answer.headers))
            case Stream():
                return StreamingResponse(_sent(answer), media_type=EVENT_STREAM)
            case Silence():
                await asyncio.to_thread(self.closing.wait, WAIT_S)
                return JSONResponse({"error": "too late"}, 504)


def _echo(body: Json, *, streamed: bool) -> Answer | Stream:
    whole = reply(f"You asked: {body['prompt']}", body.get("thread_id", "thread-1"))
    if not streamed:
        return Answer(200, whole)
    words = whole["result"].split(" ")
    deltas = [{"type": "delta", "text": word} for word in " |".join(words).split("|")]
    return Stream((*deltas, {"type": "result", **whole}))


async def _sent(stream: Stream) -> AsyncIterator[str]:
    for number, event in enumerate(stream.events):
        if number and stream.gate:
            opened = await asyncio.to_thread(stream.gate.acquire, timeout=WAIT_S)
            assert opened, "the test did not ask for the next event"
        yield f"data: {json.dumps(event)}\n\n"


async def _no_route(_request: Request) -> Response:
    return JSONResponse(NO_ROUTE.body, NO_ROUTE.status)
