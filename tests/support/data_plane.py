"""A stand-in of AgentCore's data plane: what InvokeAgentRuntime answers, as scripted.

It speaks the protocol of the service model, over a real connection: boto3 on the other side is the
deployed one. Without a script it answers each question with an echo.
"""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.support.loopback import WAIT_S, serve

ARN = "arn:aws:bedrock-agentcore:us-east-1:000000000000:runtime/petstore_faq-0123456789"
SOURCE = {"question": "How do I activate roaming?", "score": 0.91}
SESSION_HEADER = "x-amzn-bedrock-agentcore-runtime-session-id"

type Json = dict[str, Any]


@dataclass(frozen=True)
class Said:
    """An agent's whole answer. `content` is sent as JSON, or as it is."""

    content: Any
    content_type: str = "application/json"
    status: int = 200


@dataclass(frozen=True)
class Refused:
    """An error of the service, by the name of its shape."""

    shape: str
    status: int
    message: str = "secret detail of the account 000000000000"


@dataclass(frozen=True)
class Streamed:
    """Server-sent events. Before each but the first, `gate` is waited for."""

    events: tuple[Any, ...]
    gate: threading.Semaphore | None = None
    breaks_off: bool = False


class Silence:
    """No answer, until the test is over."""


@dataclass(frozen=True)
class Invoked:
    """A call that came in."""

    arn: str
    query: str
    headers: Mapping[str, str]
    payload: Json


@dataclass
class DataPlane:
    """What is answered, first to last, and what came in."""

    script: deque[Said | Refused | Streamed | Silence] = field(default_factory=deque)
    invoked: list[Invoked] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serve; the value is the endpoint's URL."""
        path = "/runtimes/{arn:path}/invocations"
        app = Starlette(routes=[Route(path, self._invoke, methods=["POST"])])
        with serve(app) as url:
            try:
                yield url
            finally:
                self.closing.set()

    async def _invoke(self, request: Request) -> Response:
        payload = json.loads(await request.body())
        arn = unquote(request.path_params["arn"])
        headers = dict(request.headers)
        self.invoked.append(Invoked(arn, request.url.query, headers, payload))
        streams = request.headers.get("accept") == "text/event-stream"
        answer = self.script.popleft() if self.script else echo(payload, streams=streams)
        match answer:
            case Said():
                return _said(answer)
            case Refused():
                named = {"x-amzn-ErrorType": answer.shape}
                return JSONResponse({"message": answer.message}, answer.status, named)
            case Streamed():
                return StreamingResponse(_sent(answer), media_type="text/event-stream")
            case Silence():
                await asyncio.to_thread(self.closing.wait, WAIT_S)
                return Response(status_code=500)


def reply(payload: Json, **changed: Any) -> Json:  # noqa: ANN401  # members of a reply
    """Return what an agent answers to a payload."""
    said = {"result": f"You asked: {payload['prompt']}", "sources": [SOURCE]}
    return {**said, "actor_id": payload["actor_id"], "thread_id": payload["thread_id"], **changed}


def echo(payload: Json, *, streams: bool) -> Said | Streamed:
    """Return the answer that nobody has scripted."""
    whole = reply(payload)
    if not streams:
        return Said(whole)
    deltas = [{"type": "delta", "text": f"{word} "} for word in whole["result"].split()]
    return Streamed((*deltas, {"type": "result", **whole}))


def _said(answer: Said) -> Response:
    text = answer.content if isinstance(answer.content, str | bytes) else json.dumps(answer.content)
    return Response(text, answer.status, media_type=answer.content_type)


async def _sent(answer: Streamed) -> AsyncIterator[bytes]:
    for number, event in enumerate(answer.events):
        if number and answer.gate:
            opened = await asyncio.to_thread(answer.gate.acquire, timeout=WAIT_S)
            assert opened, "the test did not ask for the next event"
        text = event if isinstance(event, str) else f"data: {json.dumps(event)}\n\n"
        yield text.encode()
    if answer.breaks_off:
        raise ConnectionError("the agent's process ended")
