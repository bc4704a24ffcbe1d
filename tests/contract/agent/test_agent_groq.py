"""The Groq path over real HTTP, against a server that speaks the wire format of its chat API."""

import json
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from assistant.conversation import answer
from assistant.errors import ModelUnavailable
from assistant.models import GROQ_DEFAULT, Model, make_model
from tests.support.agent_tools import GET_PET, PetServer

PATH = "/openai/v1/chat/completions"
KEY = "gsk_test"


def completion(message: dict[str, Any], finish: str) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "openai/gpt-oss-20b",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }


def saying(text: str) -> dict[str, Any]:
    return completion({"role": "assistant", "content": text}, "stop")


def calling(name: str, arguments: dict[str, str]) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(arguments)}
    call = {"id": "call_1", "type": "function", "function": function}
    return completion({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls")


@pytest.fixture
def groq(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Model:
    # Without the path, which the SDK adds itself.
    monkeypatch.setenv("GROQ_API_BASE", httpserver.url_for("").rstrip("/"))
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    return make_model(GROQ_DEFAULT, {"GROQ_API_KEY": KEY})


async def ask(model: Model, server: PetServer | None = None) -> str:
    return await answer("How much is pet-3?", server=server or PetServer(), model=model)


async def test_an_answer_comes_through(groq: Model, httpserver: HTTPServer) -> None:
    httpserver.expect_ordered_request(PATH, method="POST").respond_with_json(saying("Hello."))
    assert await ask(groq) == "Hello."
    request, _ = httpserver.log[0]
    body = json.loads(request.get_data())
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert body["model"] == "openai/gpt-oss-20b"
    assert [one["role"] for one in body["messages"]] == ["system", "user"]
    assert [one["function"]["name"] for one in body["tools"]][1] == GET_PET


async def test_a_tool_call_is_made_and_its_result_sent_back(
    groq: Model, httpserver: HTTPServer
) -> None:
    called = calling(GET_PET, {"petId": "pet-3"})
    httpserver.expect_ordered_request(PATH).respond_with_json(called)
    httpserver.expect_ordered_request(PATH).respond_with_json(saying("Nemo costs $12.99."))
    server = PetServer()

    assert await ask(groq, server) == "Nemo costs $12.99."

    assert server.calls == [(GET_PET, {"petId": "pet-3"})]
    body = json.loads(httpserver.log[1][0].get_data())
    assert [one["role"] for one in body["messages"]] == ["system", "user", "assistant", "tool"]
    assert json.loads(body["messages"][3]["content"])["name"] == "Nemo"


async def test_a_bad_key_is_the_models_failure_and_is_not_shown(
    groq: Model, httpserver: HTTPServer
) -> None:
    refusal = {"error": {"message": "Invalid API Key", "type": "invalid_request_error"}}
    httpserver.expect_request(PATH).respond_with_json(refusal, status=401)
    with pytest.raises(ModelUnavailable, match=r"AuthenticationError.*Invalid API Key") as failed:
        await ask(groq)
    assert KEY not in str(failed.value)
    assert len(httpserver.log) == 1


async def test_too_many_requests_are_tried_again(groq: Model, httpserver: HTTPServer) -> None:
    answers = iter([429, 500, 200])

    def answer_in_turn(request: Request) -> Response:
        status = next(answers)
        body = saying("Hello.") if status == 200 else {"error": {"message": "slow down"}}
        # The client waits as long as it is told to: one millisecond.
        headers = {"retry-after-ms": "1"}
        return Response(json.dumps(body), status, headers, content_type="application/json")

    httpserver.expect_request(PATH).respond_with_handler(answer_in_turn)
    assert await ask(groq) == "Hello."
    assert [answered.status_code for _, answered in httpserver.log] == [429, 500, 200]


async def test_requests_that_stay_too_many_are_the_models_failure(
    groq: Model, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(PATH).respond_with_json(
        {"error": {"message": "slow down"}}, status=429, headers={"retry-after-ms": "1"}
    )
    with pytest.raises(ModelUnavailable, match="RateLimitError"):
        await ask(groq)
    assert len(httpserver.log) == 3
