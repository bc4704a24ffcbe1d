"""A model that memories ask: scripted in process, or Groq's wire format over HTTP."""

import json
from collections.abc import Callable
from typing import Any

from langchain_core.messages import AIMessage
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from assistant.models import Model
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from tests.support.agent_tools import ScriptedChat

GROQ_PATH = "/openai/v1/chat/completions"
MODEL = "openai/gpt-oss-20b"

type Body = dict[str, Any]


def asking(*replies: str) -> tuple[Asking, ScriptedChat]:
    """Return how to ask a model that replies with these in order, and the model."""
    chat = ScriptedChat(lines=[AIMessage(reply) for reply in replies])
    return Asking(Model("scripted", chat, (ConnectionError,))), chat


def completion(text: str) -> Response:
    """Return one completion as Groq's API has it."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "finish_reason": "stop",
    }
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    stamp = {"id": "chatcmpl-1", "created": 1_700_000_000, "model": MODEL, "usage": usage}
    body = {"object": "chat.completion", "choices": [choice], **stamp}
    return Response(json.dumps(body), content_type="application/json")


def refusal(status: int) -> Response:
    """Return an error of the API; its client waits a millisecond before it tries again."""
    answer = json.dumps({"error": {"message": "no: I live in Munich"}})
    headers = {"retry-after-ms": "1"}
    return Response(answer, status, headers, content_type="application/json")


def serve_groq(server: HTTPServer, answer: Callable[[Body], Response]) -> None:
    """Let a server answer chat completions by what is asked."""

    def handle(request: Request) -> Response:
        return answer(json.loads(request.get_data()))

    server.expect_request(GROQ_PATH, method="POST").respond_with_handler(handle)
