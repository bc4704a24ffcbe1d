"""What callers get when there is no answer: a status and a code, and never an answer made up."""

import json
import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest

from orchestrator.calls import BACKOFF_S, MAX_REPLY_BYTES
from orchestrator.registry import Agent, Registry
from tests.support.data_plane import DataPlane, Refused, Said, Silence
from tests.support.loopback import free_port
from tests.support.orchestrating import (
    RUNTIME,
    Chooses,
    Memory,
    Slept,
    create_app,
    offer,
    orchestrator,
    post,
    said,
    token,
)

type Json = dict[str, Any]
type Script = Refused | Said | Silence

ASKED = {"prompt": "my password is hunter2", "customer_id": "ACME-001", "session_id": "monday"}


def inside(status: int) -> Refused:
    """Return what the runtime makes of an agent's own status."""
    message = f"Received error ({status}) from runtime. Please check your CloudWatch logs."
    return Refused("RuntimeClientError", 424, message)


async def refused(url: str, **made_of: Any) -> tuple[int, str]:  # noqa: ANN401
    response = await post(create_app(lambda: orchestrator(url, **made_of)), ASKED)
    body: Json = json.loads(response.body)
    assert set(body) == {"error", "code"}, body
    assert "secret" not in body["error"]
    return response.status, body["code"]


@pytest.mark.parametrize(
    ("answers", "status", "code"),
    [
        (Refused("ValidationException", 400), 501, "misconfigured"),
        (Refused("UnauthorizedException", 401), 401, "token-refused"),
        (Refused("ServiceQuotaExceededException", 402), 503, "agent-unavailable"),
        (Refused("AccessDeniedException", 403), 501, "misconfigured"),
        (Refused("ResourceNotFoundException", 404), 501, "misconfigured"),
        (Refused("RuntimeClientError", 424), 502, "agent-failed"),
        (Refused("InternalServerException", 500), 503, "agent-unavailable"),
        (inside(400), 502, "agent-failed"),
        (inside(401), 401, "token-refused"),
        (inside(403), 403, "not-permitted"),
        (inside(500), 502, "agent-failed"),
        (inside(503), 503, "agent-unavailable"),
        (inside(504), 504, "agent-timeout"),
        (Said("{", status=424), 502, "agent-failed"),
        (Said("[1]", status=424), 502, "agent-failed"),
        (Said("not json"), 502, "agent-failed"),
        (Said({"result": "of another agent"}), 502, "agent-failed"),
        (Said({"response": "", "agent": "x", "actions": []}), 502, "agent-failed"),
        (Said({"response": "hi", "agent": "x", "actions": "none"}), 502, "agent-failed"),
        (Said("x" * (MAX_REPLY_BYTES + 1)), 502, "agent-failed"),
    ],
)
async def test_each_failure_of_an_agent_has_a_status_and_a_code_and_is_not_repeated(
    agents: DataPlane, url: str, answers: Script, status: int, code: str
) -> None:
    agents.script.append(answers)
    assert await refused(url) == (status, code)
    assert len(agents.invoked) == 1


BUSY = [
    Refused("RetryableConflictException", 409),
    Refused("ThrottlingException", 429),
    Refused("ServiceUnavailableException", 503),
]


@pytest.mark.parametrize("busy", BUSY, ids=lambda one: one.shape)
async def test_what_did_not_reach_the_agent_is_sent_once_more(
    agents: DataPlane, url: str, busy: Refused
) -> None:
    slept = Slept()
    agents.script.extend([busy, said("support-agent")])
    response = await post(create_app(lambda: orchestrator(url, slept=slept)), ASKED)
    assert response.status == 200
    assert slept.seconds == [BACKOFF_S]
    first, second = agents.invoked
    assert (first.payload, first.headers) == (second.payload, second.headers)


@pytest.mark.parametrize(
    ("busy", "status", "code"),
    [
        (BUSY[0], 429, "agent-busy"),
        (BUSY[1], 429, "agent-busy"),
        (BUSY[2], 503, "agent-unavailable"),
    ],
)
async def test_and_only_once(
    agents: DataPlane, url: str, busy: Refused, status: int, code: str
) -> None:
    agents.script.extend([busy, busy, said("support-agent")])
    assert await refused(url) == (status, code)
    assert len(agents.invoked) == 2


async def test_silence_ends_with_the_time_there_is(agents: DataPlane, url: str) -> None:
    agents.script.append(Silence())
    assert await refused(url, budget_s=0.3) == (504, "agent-timeout")


async def test_the_second_try_has_no_more_time_than_is_left(agents: DataPlane, url: str) -> None:
    agents.script.extend([BUSY[0], Silence()])
    assert await refused(url, budget_s=0.3) == (504, "agent-timeout")
    assert len(agents.invoked) == 2


async def test_nobody_there_is_unavailable() -> None:
    assert await refused(f"http://127.0.0.1:{free_port()}") == (503, "agent-unavailable")


async def test_an_arn_that_is_none_is_a_fault_of_the_deployment(url: str) -> None:
    registry = Registry((Agent("support-agent", "arn:aws:lambda:us-east-1:1:function:x", ()),))
    assert await refused(url, registry=registry) == (501, "misconfigured")


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({}, "prompt"),
        ({"prompt": " "}, "prompt"),
        ({"prompt": "a" * 10_001}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "hi", "customer_id": "ACME/../1"}, "customer_id"),
        ({"prompt": "hi", "session_id": "a b"}, "session_id"),
        ({"prompt": "hi", "agent": "sales-agent"}, "agent"),
        ([], "payload"),
    ],
)
async def test_a_payload_that_is_wrong_is_refused_by_its_field_and_nobody_is_asked(
    agents: DataPlane, url: str, payload: object, field: str
) -> None:
    response = await post(create_app(lambda: orchestrator(url)), payload)
    body = json.loads(response.body)
    assert (response.status, body["code"]) == (400, "invalid-request")
    assert body["error"].startswith(f"{field}: ")
    assert agents.invoked == []


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer ", "Basic dXNlcg==", "Bearer opaque", "Bearer e30.e30.x", "Bearer a.!.c"],
)
async def test_without_a_user_nobody_is_asked(
    agents: DataPlane, url: str, authorization: str
) -> None:
    memory = Memory(offer("sales-agent"))
    app = create_app(lambda: orchestrator(url, memory=memory))
    response = await post(app, ASKED, authorization=authorization)
    assert (response.status, json.loads(response.body)["code"]) == (401, "token-missing")
    assert (agents.invoked, memory.asked) == ([], [])


@pytest.fixture
def log() -> Iterator[Callable[[], list[Json]]]:
    """What the loggers wrote, line by line, as an operator gets it."""
    stream = StringIO()
    create_app()  # sets the loggers up
    handler = logging.getLogger("orchestrator").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    before = handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    handler.setStream(before)


async def test_a_line_is_logged_with_codes_and_names_and_without_prompt_or_token(
    agents: DataPlane, url: str, log: Callable[[], list[Json]]
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("hunter2")

    agents.script.extend([said("sales-agent"), Refused("UnauthorizedException", 401)])
    for made_of in ({"classifier": Chooses("sales-agent")}, {}):
        await post(create_app(lambda one=made_of: orchestrator(url, **one)), ASKED)  # type: ignore[misc]
    await post(create_app(lambda: orchestrator(url, clock_s=broken)), ASKED)
    lines = [one for one in log() if one["logger"] == "orchestrator"]
    assert [one["message"] for one in lines] == ["answered", "not answered", "failed"]
    assert (lines[0]["agent"], lines[0]["by"], lines[0]["via"]) == ("sales-agent", "classifier", [])
    assert (lines[1]["code"], lines[2]["errorType"]) == ("token-refused", "ZeroDivisionError")
    written = json.dumps(log())
    assert not any(word in written for word in ("hunter2", token(), "ACME-001", RUNTIME))
