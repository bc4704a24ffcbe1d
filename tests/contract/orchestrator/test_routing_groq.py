"""The configured model chooses over real HTTP: Groq's wire format, answered by a local server."""

import json
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from assistant.models import GROQ_DEFAULT, make_model
from request_routing.by_model import ModelClassifier
from request_routing.classifier import FINANCE, Choice
from tests.support.orchestrating import Chooses

PATH = "/openai/v1/chat/completions"
KEY = "gsk_test"
PROMPT = "Please refund the plan I bought"
FORM = {
    "agent": FINANCE,
    "confidence": 0.97,
    "reason": "They want money back.",
    "quotes": ["refund"],
}


def completion(arguments: object) -> dict[str, Any]:
    function = {"name": "Decision", "arguments": json.dumps(arguments)}
    call = {"id": "call_1", "type": "function", "function": function}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "openai/gpt-oss-20b",
        "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


@pytest.fixture
def classifier(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> ModelClassifier:
    monkeypatch.setenv("GROQ_API_BASE", httpserver.url_for("").rstrip("/"))
    model = make_model(GROQ_DEFAULT, {"GROQ_API_KEY": KEY}, timeout_s=5)
    return ModelClassifier(model, Chooses("sales-agent", 0.7))


def test_the_model_fills_in_the_form_that_it_must(
    classifier: ModelClassifier, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(PATH, method="POST").respond_with_json(completion(FORM))
    assert classifier.classify(PROMPT) == Choice(
        FINANCE, 0.97, "They want money back.", ("refund",)
    )
    body = json.loads(httpserver.log[0][0].get_data())
    [tool] = body["tools"]
    assert tool["function"]["name"] == "Decision"
    assert body["tool_choice"] not in (None, "auto", "none")
    assert body["messages"][-1] == {"role": "user", "content": PROMPT}


@pytest.mark.parametrize("arguments", [{**FORM, "agent": "legal-agent"}, {"agent": FINANCE}])
def test_a_form_filled_in_wrongly_is_the_stand_in_s_to_decide(
    classifier: ModelClassifier, httpserver: HTTPServer, arguments: object
) -> None:
    httpserver.expect_request(PATH).respond_with_json(completion(arguments))
    assert classifier.classify(PROMPT).agent == "sales-agent"


def test_so_is_what_the_service_refuses(
    classifier: ModelClassifier, httpserver: HTTPServer
) -> None:
    error = {"error": {"message": "Failed to call a function", "code": "tool_use_failed"}}
    httpserver.expect_request(PATH).respond_with_json(error, status=400)
    assert classifier.classify(PROMPT).agent == "sales-agent"
