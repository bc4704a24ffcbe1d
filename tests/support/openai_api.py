"""A stand-in of a model behind OpenAI's protocol, as Groq has it: calls one tool, then answers.

Source: OpenAI API reference, Create chat completion; whole, or streamed as server-sent events.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

type Json = dict[str, Any]


@dataclass
class OpenAiApi:
    """The model: what it calls, with which arguments, what it says then, and what it was asked."""

    tool: str
    arguments: Json
    answer: str
    keys: list[str | None] = field(default_factory=list)
    asked: list[Json] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        """Return the ASGI app."""
        return Starlette(routes=[Route("/chat/completions", self._complete, methods=["POST"])])

    async def _complete(self, request: Request) -> Response:
        self.keys.append(request.headers.get("authorization"))
        body = await request.json()
        self.asked.append(body)
        message = self._message(body)
        reason = "tool_calls" if message["tool_calls"] else "stop"
        if body.get("stream"):
            return StreamingResponse(_events(message, reason), media_type="text/event-stream")
        choice = {"index": 0, "message": message, "finish_reason": reason}
        return JSONResponse(_completion("chat.completion", [choice]))

    def _message(self, body: Json) -> Json:
        if any(one["role"] == "tool" for one in body["messages"]):
            return {"role": "assistant", "content": self.answer, "tool_calls": None}
        names = [one["function"]["name"] for one in body["tools"]]
        (name,) = [one for one in names if one.endswith(self.tool)]
        function = {"name": name, "arguments": json.dumps(self.arguments)}
        call = {"index": 0, "id": "call-1", "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}


def _completion(kind: str, choices: list[Json]) -> Json:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    stamp = {"id": "chatcmpl-1", "created": 1, "model": "stand-in", "usage": usage}
    return {"object": kind, "choices": choices, **stamp}


def _events(message: Json, reason: str) -> Iterator[str]:
    said = {"index": 0, "delta": message, "finish_reason": None}
    end = {"index": 0, "delta": {}, "finish_reason": reason}
    for choice in (said, end):
        yield f"data: {json.dumps(_completion('chat.completion.chunk', [choice]))}\n\n"
    yield "data: [DONE]\n\n"
