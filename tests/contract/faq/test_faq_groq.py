"""Groq over real HTTP, against a server that speaks the wire format of its chat API."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from assistant.errors import ModelUnavailable
from assistant.models import GROQ_DEFAULT, Model
from faq.failures import AnswerTimeout
from faq.service import Answer, Delta, FaqAgent
from faq.settings import Settings
from faq.wiring import make_faq_model
from tests.support.faq import FIBRE, WordKnowledge, ask

PATH = "/openai/v1/chat/completions"
KEY = "gsk_test"

type Message = dict[str, Any]

SEARCHING: Message = {
    "role": "assistant",
    "content": None,
    "tool_calls": [
        {
            "id": "call_1",
            "type": "function",
            "function": {"name": "search_faq", "arguments": '{"query": "offer fibre"}'},
        }
    ],
}
SAYING: Message = {"role": "assistant", "content": "Fibre 250 costs $30."}


def body(message: Message) -> str:
    """One completion."""
    finish = "tool_calls" if message.get("tool_calls") else "stop"
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": "openai/gpt-oss-20b",
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
    )


def streamed(deltas: Sequence[Message], finish: str) -> Response:
    """The same as server-sent events; the last one says what was used."""

    def lines() -> Iterator[str]:
        for at, delta in enumerate([*deltas, {}]):
            last = at == len(deltas)
            chunk = {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": 1_700_000_000,
                "model": "openai/gpt-oss-20b",
                "choices": [
                    {"index": 0, "delta": delta, "finish_reason": finish if last else None}
                ],
            }
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"

    return Response(lines(), content_type="text/event-stream")


def failing(status: int, reason: str) -> Response:
    # The client waits as long as it is told to: one millisecond.
    headers = {"retry-after-ms": "1"}
    answer = json.dumps({"error": {"message": reason}})
    return Response(answer, status, headers, content_type="application/json")


def saying(message: Message) -> Response:
    return Response(body(message), content_type="application/json")


@pytest.fixture
def groq(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Model:
    # Without the path, which the SDK adds itself.
    monkeypatch.setenv("GROQ_API_BASE", httpserver.url_for("").rstrip("/"))
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    environment = {"GROQ_API_KEY": KEY, "AGENT_MODEL": GROQ_DEFAULT}
    return make_faq_model(Settings.read({"AGENT_BUDGET_SECONDS": "20"}), environment)


@pytest.fixture
def answers(httpserver: HTTPServer) -> Callable[..., None]:
    """Let the server answer with these, one after the other."""

    def set_up(*responses: Response) -> None:
        for one in responses:
            httpserver.expect_ordered_request(PATH, method="POST").respond_with_response(one)

    return set_up


def agent(model: Model, *, budget_s: float = 10.0) -> FaqAgent:
    return FaqAgent(model, WordKnowledge(), budget_s=budget_s)


def statuses(httpserver: HTTPServer) -> list[int]:
    return [answered.status_code for _, answered in httpserver.log]


async def test_an_answer_rests_on_what_its_tool_call_found(
    groq: Model, httpserver: HTTPServer, answers: Callable[..., None]
) -> None:
    answers(saying(SEARCHING), saying(SAYING))
    found = await agent(groq).answer(ask("Do you have fast internet?"))
    assert (found.text, found.sources[0].entry) == ("Fibre 250 costs $30.", FIBRE)

    first, second = (one for one, _ in httpserver.log)
    assert first.headers["Authorization"] == f"Bearer {KEY}"
    sent = json.loads(first.get_data())
    assert [one["function"]["name"] for one in sent["tools"]] == [
        "search_faq",
        "search_detailed_faq",
        "reformulate_query",
    ]
    tool = json.loads(second.get_data())["messages"][-1]
    assert tool["role"] == "tool"
    assert FIBRE.answer in tool["content"]


async def test_an_answer_without_a_search_is_refused(
    groq: Model, answers: Callable[..., None]
) -> None:
    answers(saying(SAYING))
    found = await agent(groq).answer(ask("Do you have fast internet?"))
    assert found.sources == ()
    assert "Fibre" not in found.text


async def test_an_answer_is_streamed(groq: Model, answers: Callable[..., None]) -> None:
    call = SEARCHING["tool_calls"][0]
    searching = {"role": "assistant", "tool_calls": [{"index": 0, **call}]}
    pieces = [{"content": text} for text in ("Fibre ", "250 ", "costs $30.")]
    answers(streamed([searching], "tool_calls"), streamed(pieces, "stop"))
    *deltas, last = [one async for one in agent(groq).stream(ask("Do you have internet?"))]
    assert deltas == [Delta("Fibre "), Delta("250 "), Delta("costs $30.")]
    assert isinstance(last, Answer)
    assert (last.text, last.sources[0].entry) == ("Fibre 250 costs $30.", FIBRE)


async def test_too_many_requests_and_an_error_are_tried_again(
    groq: Model, httpserver: HTTPServer, answers: Callable[..., None]
) -> None:
    answers(failing(429, "slow down"), failing(500, "oops"), saying(SEARCHING), saying(SAYING))
    assert (await agent(groq).answer(ask("Fibre?"))).text == "Fibre 250 costs $30."
    assert statuses(httpserver) == [429, 500, 200, 200]


@pytest.mark.parametrize(
    ("status", "name", "tries"),
    [
        (429, "RateLimitError", 3),
        (500, "InternalServerError", 3),
        (503, "InternalServerError", 3),
        (401, "AuthenticationError", 1),
        (400, "BadRequestError", 1),
    ],
)
async def test_a_failure_that_stays_is_the_models(
    groq: Model, httpserver: HTTPServer, status: int, name: str, tries: int
) -> None:
    httpserver.expect_request(PATH).respond_with_response(failing(status, "no"))
    with pytest.raises(ModelUnavailable, match=name) as failed:
        await agent(groq).answer(ask("Fibre?"))
    assert KEY not in str(failed.value)
    assert statuses(httpserver) == [status] * tries


async def test_a_model_that_does_not_answer_is_given_up(
    groq: Model, httpserver: HTTPServer
) -> None:
    over = threading.Event()

    def wait(_: Request) -> Response:
        over.wait(10)
        return saying(SAYING)

    httpserver.expect_request(PATH).respond_with_handler(wait)
    try:
        with pytest.raises(AnswerTimeout):
            await agent(groq, budget_s=0.3).answer(ask("Fibre?"))
    finally:
        over.set()


async def test_one_request_has_a_share_of_the_time(groq: Model) -> None:
    chat: Any = groq.chat
    assert chat.request_timeout == 8.0
