"""The agent as AgentCore Runtime sees it: over ASGI, in the SDK's app."""

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from assistant.models import Model
from faq.memory import TurnSaver
from faq.offline_model import UNKNOWN
from faq.request import DEFAULT_ACTOR
from faq.service import FaqAgent
from localcloud.cloud import Request, Response
from tests.support.asgi import ask
from tests.support.faq import (
    FIBRE,
    ROAMING_PRICE,
    WordKnowledge,
    broken,
    calling,
    offline,
    scripted,
    slow,
)
from tests.support.faq_app import BedrockAgentCoreApp, create_app
from tests.support.memory_plane import Client

SESSION = "5" * 64
SECRET_PROMPT = "my password is hunter2"


def app_of(model: Model, *, budget_s: float = 10.0) -> BedrockAgentCoreApp:
    return create_app(lambda: FaqAgent(model, WordKnowledge(), budget_s=budget_s))


async def post(
    app: BedrockAgentCoreApp,
    payload: object,
    **headers: str,
) -> Response:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    sent = {"content-type": "application/json", **headers}
    named = tuple((key.replace("_", "-"), value) for key, value in sent.items())
    return await ask(app, Request("POST", "/invocations", "", named, body))


def events_of(response: Response) -> list[Any]:
    """Read server-sent events, each of which is one line of data."""
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = response.body.decode().split("\n\n")
    assert blocks.pop() == ""
    return [json.loads(one.removeprefix("data: ")) for one in blocks]


@pytest.fixture
def log() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the loggers wrote, line by line, as an operator gets it."""
    stream = StringIO()
    create_app(lambda: FaqAgent(offline(), WordKnowledge(), budget_s=1))  # sets the loggers up
    handler = logging.getLogger("faq").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    handler.setStream(before)


async def test_a_question_is_answered_with_its_sources() -> None:
    payload = {"prompt": "Do you offer fibre?", "actor_id": "key-1/ann", "thread_id": "monday"}
    response = await post(app_of(offline()), payload)
    assert (response.status, response.headers["content-type"]) == (200, "application/json")
    assert json.loads(response.body) == {
        "result": f"{FIBRE.answer}\n\nFrom our FAQ: {FIBRE.question}",
        "actor_id": "key-1/ann",
        "thread_id": "monday",
        "sources": [{"question": FIBRE.question, "score": 1.0}],
    }


async def test_a_conversation_of_its_own_begins_without_ids() -> None:
    app = app_of(offline())
    replies = [json.loads((await post(app, {"prompt": "Fibre?"})).body) for _ in range(2)]
    assert {one["actor_id"] for one in replies} == {DEFAULT_ACTOR}
    assert len({one["thread_id"] for one in replies}) == 2


async def test_an_answer_is_streamed_to_who_accepts_it() -> None:
    payload = {"prompt": "Do you offer fibre?", "thread_id": "monday"}
    response = await post(app_of(offline()), payload, accept="text/event-stream")
    assert response.status == 200
    *deltas, last = events_of(response)
    assert {one["type"] for one in deltas} == {"delta"}
    assert len(deltas) > 3
    assert "".join(one["text"] for one in deltas) == last["result"]
    assert last == {
        "type": "result",
        "result": f"{FIBRE.answer}\n\nFrom our FAQ: {FIBRE.question}",
        "actor_id": DEFAULT_ACTOR,
        "thread_id": "monday",
        "sources": [{"question": FIBRE.question, "score": 1.0}],
    }


async def test_a_conversation_goes_on_by_its_thread(memory_client: Client, memory_id: str) -> None:
    saver = TurnSaver(memory_client, memory_id)
    app = create_app(lambda: FaqAgent(offline(), WordKnowledge(), memory=saver, budget_s=10))
    begun = json.loads((await post(app, {"prompt": "How do I activate roaming?"})).body)
    thread = {"thread_id": begun["thread_id"]}
    follow_up = await post(app, {"prompt": "And how much does that cost?", **thread})
    assert json.loads(follow_up.body)["sources"][0]["question"] == ROAMING_PRICE.question


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "prompt"),
        ({"prompt": "a" * 100_000}, "prompt"),
        ({"prompt": "How?", "actor_id": "no spaces"}, "actor_id"),
        ({"prompt": "How?", "thread_id": "a/b"}, "thread_id"),
        ({"prompt": "How?", "nonsense": 1}, "nonsense"),
        ([], "payload"),
    ],
)
async def test_a_payload_that_is_wrong_is_refused_by_its_field(
    payload: object, field: str, accept: str
) -> None:
    response = await post(app_of(offline()), payload, accept=accept)
    body = json.loads(response.body)
    assert (response.status, body["code"]) == (400, "invalid-request")
    assert body["error"].startswith(f"{field}: ")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe{}"])
async def test_a_body_that_is_not_json_is_the_sdks_to_refuse(body: bytes) -> None:
    response = await post(app_of(offline()), body)
    assert response.status == 400
    assert "error" in json.loads(response.body)


FAILING = [
    (broken(), 10.0, 503, "model-unavailable"),
    (slow(), 0.05, 504, "answer-timeout"),
    (scripted(calling("search_faq", query="fibre")), 10.0, 503, "too-many-steps"),
    (scripted(), 10.0, 500, "internal-error"),  # dividing by the number of its lines
]


@pytest.mark.parametrize(("model", "budget_s", "status", "code"), FAILING)
async def test_a_failure_has_a_status_and_a_code_and_no_internals(
    model: Model, budget_s: float, status: int, code: str
) -> None:
    response = await post(app_of(model, budget_s=budget_s), {"prompt": "Fibre?"})
    body = json.loads(response.body)
    assert (response.status, body["code"]) == (status, code)
    assert set(body) == {"error", "code"}
    assert not any(word in body["error"] for word in ("10.0.0.1", "Error", "modulo", model.name))


@pytest.mark.parametrize(("model", "budget_s", "status", "code"), FAILING)
async def test_a_failure_ends_a_stream_as_an_event(
    model: Model, budget_s: float, status: int, code: str
) -> None:
    app = app_of(model, budget_s=budget_s)
    response = await post(app, {"prompt": "Fibre?"}, accept="text/event-stream")
    [last] = events_of(response)
    assert (last["type"], last["code"]) == ("error", code)
    assert set(last) == {"type", "code", "message"}


async def test_an_invention_is_not_said() -> None:
    app = app_of(scripted(AIMessage("The CEO is Ethan Brown.")))
    reply = json.loads((await post(app, {"prompt": "Who is your CEO?"})).body)
    assert (reply["result"], reply["sources"]) == (UNKNOWN, [])
    streamed = await post(app, {"prompt": "Who is your CEO?"}, accept="text/event-stream")
    assert [one["type"] for one in events_of(streamed)] == ["result"]


async def test_ping_answers_while_the_agent_gets_ready() -> None:
    ready = threading.Event()

    def make() -> FaqAgent:
        assert ready.wait(10)
        return FaqAgent(offline(), WordKnowledge(), budget_s=10)

    app = create_app(make)
    asked = asyncio.create_task(post(app, {"prompt": "Do you offer fibre?"}))
    ping = await ask(app, Request("GET", "/ping", "", (), b""))
    assert (ping.status, json.loads(ping.body)["status"]) == (200, "Healthy")
    assert not asked.done()
    ready.set()
    assert (await asked).status == 200


async def test_a_line_is_logged_with_the_ids_and_without_the_prompt(
    log: Callable[[], list[dict[str, Any]]],
) -> None:
    ids = {
        "x-amzn-bedrock-agentcore-runtime-session-id": SESSION,
        "x-amzn-bedrock-agentcore-runtime-request-id": "request-1",
        "x-amzn-bedrock-agentcore-runtime-custom-request-id": "caller-1",
    }
    for model in (offline(), broken(), scripted()):
        await post(app_of(model), {"prompt": SECRET_PROMPT}, **ids)
    lines = log()
    ours = [one for one in lines if one["logger"] == "faq"]
    assert [one["message"] for one in ours] == ["answered", "not answered", "failed"]
    for one in ours:
        shown = (one["requestId"], one["sessionId"], one["callerRequestId"])
        assert shown == ("request-1", SESSION, "caller-1")
        assert one["elapsedMs"] >= 0
    assert ours[1]["code"] == "model-unavailable"
    assert ours[2]["errorType"] == "ZeroDivisionError"
    assert "hunter2" not in json.dumps(lines)


async def test_a_request_id_that_is_none_is_not_logged(
    log: Callable[[], list[dict[str, Any]]],
) -> None:
    wrong = {"x-amzn-bedrock-agentcore-runtime-custom-request-id": "a b\u00e9"}
    await post(app_of(offline()), {"prompt": "Fibre?"}, **wrong)
    assert "callerRequestId" not in log()[0]
