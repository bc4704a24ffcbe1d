"""POST /invoke, from API Gateway's event to its answer, with boto3 against a data plane."""

import json
from dataclasses import dataclass
from io import StringIO
from typing import Any

import boto3
import pytest

from agent_proxy import service
from agent_proxy.app import lambda_handler
from agent_proxy.runtime import FAILURES, REQUEST_ID_HEADER
from tests.support.agent_proxy import KEY_ID, REQUEST_ID, Context, door_event
from tests.support.data_plane import ARN, SESSION_HEADER, SOURCE, DataPlane, Refused, Said, Silence

type Json = dict[str, Any]

SECRET = "what is my balance, says Ms Example"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


def ask(body: object, **parts: Any) -> Answer:  # noqa: ANN401  # parts of an event
    found = lambda_handler(door_event(body, **parts), Context())
    headers = {name.lower(): value for name, value in found["headers"].items()}
    return Answer(found["statusCode"], headers, json.loads(found["body"] or "null"))


def lines(log: StringIO) -> list[Json]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def problem(sentence: str) -> Json:
    return {"error": sentence, "request_id": REQUEST_ID}


def test_the_answer_names_the_callers_own_actor_and_its_sources(plane: DataPlane) -> None:
    found = ask({"prompt": "Roaming?", "actor_id": "ann", "thread_id": "t-1"})
    assert (found.status, found.headers["x-request-id"]) == (200, REQUEST_ID)
    assert found.body == {
        "result": "You asked: Roaming?",
        "actor_id": "ann",
        "thread_id": "t-1",
        "sources": [SOURCE],
    }


def test_the_agent_gets_an_actor_that_no_other_keys_holder_can_name(plane: DataPlane) -> None:
    ask({"prompt": "Roaming?", "actor_id": "ann", "thread_id": "t-1"})
    ask({"prompt": "Roaming?", "actor_id": "ann", "thread_id": "t-1"}, key_id="ffffffffff")
    first, second = plane.invoked
    assert (first.arn, first.query) == (ARN, "qualifier=DEFAULT")
    assert first.payload == {
        "prompt": "Roaming?",
        "actor_id": f"{KEY_ID}/ann",
        "thread_id": "t-1",
    }
    assert second.payload["actor_id"] == "ffffffffff/ann"
    assert first.headers[SESSION_HEADER] != second.headers[SESSION_HEADER]


def test_a_thread_is_one_session_and_a_question_without_one_begins_another(
    plane: DataPlane,
) -> None:
    first = ask({"prompt": "Roaming?"})
    ask({"prompt": "And abroad?", "thread_id": first.body["thread_id"]})
    third = ask({"prompt": "Roaming?"})
    sessions = [one.headers[SESSION_HEADER] for one in plane.invoked]
    assert first.body["actor_id"] == "anonymous"
    assert sessions[0] == sessions[1] != sessions[2]
    assert {len(session) for session in sessions} == {64}
    assert first.body["thread_id"] != third.body["thread_id"]


def test_a_request_is_found_again_by_its_id_and_its_trace(
    plane: DataPlane, monkeypatch: pytest.MonkeyPatch, log: StringIO
) -> None:
    trace = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"
    monkeypatch.setenv("_X_AMZN_TRACE_ID", trace)
    plane.script.append(Refused("InternalServerException", 500))
    ask({"prompt": "Roaming?"})
    assert plane.invoked[0].headers["baggage"] == f"request_id={REQUEST_ID}"
    assert plane.invoked[0].headers["x-amzn-trace-id"] == trace
    assert plane.invoked[0].headers[REQUEST_ID_HEADER.lower()] == REQUEST_ID
    assert {line["correlation_id"] for line in lines(log)} == {REQUEST_ID}


@pytest.mark.parametrize(
    ("body", "parts", "status", "code"),
    [
        ({"prompt": "Roaming?"}, {}, 200, None),
        ({"prompt": "Break!"}, {}, 502, "agent_unavailable"),
        ({"prompt": "Roaming?"}, {"key_id": None}, 500, "misconfigured"),
        ({"prompt": 7}, {}, 400, "invalid_request"),
        (None, {"method": "OPTIONS", "key_id": None}, 204, None),
    ],
    ids=["answered", "failed", "nobody's", "wrong", "preflight"],
)
def test_every_request_leaves_one_line_with_its_id_its_status_and_its_time(
    plane: DataPlane, log: StringIO, body: object, parts: Json, status: int, code: str | None
) -> None:
    if body == {"prompt": "Break!"}:
        plane.script.append(Refused("InternalServerException", 500))
    ask(body, **parts)
    (line,) = [line for line in lines(log) if line["message"] == "request ended"]
    assert (line["level"], line["request_id"], line["status"]) == ("INFO", REQUEST_ID, status)
    assert line["elapsed_ms"] >= 0
    assert line.get("code") == code
    sessions = [one.headers[SESSION_HEADER] for one in plane.invoked]
    assert (
        [line["session_id"]] * len(sessions) == sessions if sessions else "session_id" not in line
    )


def test_each_question_carries_its_own_id_and_no_other(plane: DataPlane) -> None:
    ask({"prompt": "Roaming?"})
    ask({"prompt": "Roaming?"})
    sent = [one.headers[REQUEST_ID_HEADER.lower()] for one in plane.invoked]
    assert sent == [REQUEST_ID, REQUEST_ID]
    assert REQUEST_ID_HEADER.lower() in plane.invoked[0].headers["authorization"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "prompt: "),
        ({"prompt": ""}, "prompt: "),
        ({"prompt": " \n"}, "prompt: "),
        ({"prompt": 7}, "prompt: "),
        ({"prompt": "x" * 10_001}, "prompt: "),
        ({"prompt": "x", "actor_id": "a/b"}, "actor_id: "),
        ({"prompt": "x", "actor_id": None}, "actor_id: "),
        ({"prompt": "x", "thread_id": "-a"}, "thread_id: "),
        ({"prompt": "x", "thread_id": "a" * 101}, "thread_id: "),
        ({"prompt": "x", "threadId": "t-1"}, "threadId: "),
        ([], "body: "),
        ("{", "body: "),
        ("[" * 100_000, "body: "),
        (None, "body: "),
    ],
)
def test_a_request_that_is_wrong_is_400_and_names_the_field(
    plane: DataPlane, body: object, named: str
) -> None:
    found = ask(body)
    assert (found.status, plane.invoked) == (400, [])
    assert found.body["error"].startswith(named)
    assert set(found.body) == {"error", "request_id"}


def test_a_call_without_a_key_is_nobodys_and_goes_nowhere(plane: DataPlane) -> None:
    found = ask({"prompt": "Roaming?"}, key_id=None)
    assert (found.status, found.body) == (500, problem("This is a fault of ours."))
    assert plane.invoked == []


STATUSES = {
    "AccessDeniedException": (403, 500, "This is a fault of ours."),
    "ResourceNotFoundException": (404, 500, "This is a fault of ours."),
    "ValidationException": (400, 500, "This is a fault of ours."),
    "ServiceQuotaExceededException": (402, 502, "The agent could not be reached. Try again."),
    "InternalServerException": (500, 502, "The agent could not be reached. Try again."),
    "ThrottlingException": (429, 502, "The agent is busy. Try again."),
    "RetryableConflictException": (409, 502, "The agent is busy. Try again."),
    "RuntimeClientError": (424, 502, "The agent could not answer."),
}


@pytest.mark.fidelity("door.errors")
def test_every_error_of_the_operation_has_an_answer() -> None:
    client = boto3.client("bedrock-agentcore", region_name="us-east-1")
    operation = client.meta.service_model.operation_model("InvokeAgentRuntime")
    assert {shape.name for shape in operation.error_shapes} == set(FAILURES) == set(STATUSES)


@pytest.mark.parametrize("shape", STATUSES)
def test_an_error_of_the_service_is_answered_without_its_words(
    plane: DataPlane, shape: str, log: StringIO
) -> None:
    upstream, status, sentence = STATUSES[shape]
    plane.script.extend([Refused(shape, upstream)] * 9)
    found = ask({"prompt": SECRET})
    assert (found.status, found.body) == (status, problem(sentence))
    assert "Example" not in log.getvalue()
    assert "secret detail" not in log.getvalue()


@pytest.mark.parametrize(("inside", "status"), [(500, 502), (503, 502), (504, 504)])
def test_what_ended_the_agent_decides_between_502_and_504(
    plane: DataPlane, inside: int, status: int
) -> None:
    message = f"Received error ({inside}) from runtime. Please check your CloudWatch logs."
    plane.script.append(Refused("RuntimeClientError", 424, message))
    assert ask({"prompt": "Roaming?"}).status == status


@pytest.mark.parametrize("shape", ["ThrottlingException", "RetryableConflictException"])
def test_a_question_that_was_not_taken_is_asked_again(plane: DataPlane, shape: str) -> None:
    plane.script.append(Refused(shape, STATUSES[shape][0]))
    assert ask({"prompt": "Roaming?"}).status == 200
    assert len(plane.invoked) == 2


def test_a_question_that_may_have_been_taken_is_not_asked_again(plane: DataPlane) -> None:
    plane.script.append(Refused("InternalServerException", 500))
    assert ask({"prompt": "Roaming?"}).status == 502
    assert len(plane.invoked) == 1


@pytest.mark.parametrize(
    "said",
    [
        Said("not JSON: <stack trace>"),
        Said([]),
        Said({"error": "Traceback (most recent call last)"}),
        Said({"result": "x", "actor_id": "someone/else", "thread_id": "t-1", "sources": []}),
        Said({"result": "x", "actor_id": f"{KEY_ID}/ann", "thread_id": "t-2", "sources": []}),
        Said({"result": 7, "actor_id": f"{KEY_ID}/ann", "thread_id": "t-1", "sources": []}),
        Said("x" * 1_100_000),
        Said({}, status=202),
    ],
    ids=str,
)
def test_what_is_no_answer_of_this_conversation_is_502(
    plane: DataPlane, said: Said, log: StringIO
) -> None:
    plane.script.append(said)
    found = ask({"prompt": SECRET, "actor_id": "ann", "thread_id": "t-1"})
    assert (found.status, found.body) == (502, problem("The agent could not answer."))
    assert "Traceback" not in log.getvalue()
    assert "Example" not in log.getvalue()


def test_silence_is_504(plane: DataPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "READ_TIMEOUT_S", 0.2)
    plane.script.append(Silence())
    found = ask({"prompt": "Roaming?"})
    assert (found.status, found.body) == (504, problem("The agent did not answer in time."))


def test_nobody_there_is_502(plane: DataPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", "http://127.0.0.1:1")
    found = ask({"prompt": "Roaming?"})
    assert found.status == 502
    assert found.body == problem("The agent could not be reached. Try again.")


def test_a_role_without_credentials_is_a_fault_of_ours(
    plane: DataPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    assert ask({"prompt": "Roaming?"}).status == 500


def test_a_bug_is_logged_with_its_trace_and_answered_without(
    plane: DataPlane, monkeypatch: pytest.MonkeyPatch, log: StringIO
) -> None:
    monkeypatch.delenv("AGENT_RUNTIME_ARN")
    found = ask({"prompt": SECRET})
    assert (found.status, found.body) == (500, problem("This is a fault of ours."))
    assert "KeyError" in log.getvalue()
    assert "Example" not in log.getvalue()


def test_no_log_has_what_was_asked_or_answered_or_the_key(plane: DataPlane, log: StringIO) -> None:
    ask({"prompt": SECRET, "actor_id": "ann", "thread_id": "t-1"})
    ask({"prompt": SECRET, "Ms Example": 1})
    text = log.getvalue()
    assert "invalid_request" in text
    assert text.count("request ended") == 2
    assert not [word for word in ("balance", "Example", "the-value-of") if word in text]


@pytest.mark.parametrize(
    ("allowed", "origin", "shared"),
    [
        ("", "https://shop.example", None),
        ("*", "https://shop.example", "*"),
        ("*", "", "*"),
        ("https://shop.example,https://b.example", "https://b.example", "https://b.example"),
        ("https://shop.example", "https://shop.example.evil.example", None),
        ("https://shop.example", "https://shop.exampl", None),
    ],
)
def test_browsers_may_read_for_pages_of_the_origins_that_are_let_in(
    plane: DataPlane,
    monkeypatch: pytest.MonkeyPatch,
    allowed: str,
    origin: str,
    shared: str | None,
) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", allowed)
    sent = {"origin": origin} if origin else {}
    asked = ask({"prompt": "Roaming?"}, headers=sent)
    refused = ask({}, headers=sent)
    preflight = ask(None, method="OPTIONS", headers=sent, key_id=None)
    assert preflight.status == 204
    for found in (asked, refused, preflight):
        assert found.headers.get("access-control-allow-origin") == shared
    assert (preflight.headers.get("access-control-allow-headers") is None) == (shared is None)
