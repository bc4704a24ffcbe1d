"""POST /invoke/stream, from API Gateway's event to its last event, with boto3 underneath."""

import gc
import json
import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest

from agent_proxy import stream
from agent_proxy.stream_app import lambda_handler
from agent_proxy.streamed import Streamed
from tests.support.agent_proxy import KEY_ID, REQUEST_ID, Context, StreamContext, door_event
from tests.support.data_plane import SESSION_HEADER, SOURCE, DataPlane, Refused, Said, Silence
from tests.support.data_plane import Streamed as Script

type Json = dict[str, Any]

QUESTION = {"prompt": "Roaming, please?", "actor_id": "ann", "thread_id": "t-1"}
RESULT = {
    "type": "result",
    "result": "It is on.",
    "actor_id": f"{KEY_ID}/ann",
    "thread_id": "t-1",
    "sources": [SOURCE],
}


def ask(body: object = QUESTION) -> Streamed:
    answer = lambda_handler(door_event(body, path="/invoke/stream"), StreamContext())
    assert isinstance(answer, Streamed)
    return answer


def events(answer: Streamed) -> Iterator[Json]:
    for chunk in answer.chunks:
        assert chunk.startswith(b"data: ")
        assert chunk.endswith(b"\n\n")
        yield json.loads(chunk.removeprefix(b"data: "))


def error(code: str, sentence: str) -> Json:
    return {"type": "error", "code": code, "message": sentence, "request_id": REQUEST_ID}


FAILED = error("agent_failed", "The agent could not answer.")
TIMED_OUT = error("agent_timed_out", "The agent did not answer in time.")


def test_each_event_is_passed_on_before_the_next_is_there(plane: DataPlane) -> None:
    gate = threading.Semaphore(0)
    deltas = [{"type": "delta", "text": text} for text in ("It ", "is\u2028 on.\n\n")]
    plane.script.append(Script((*deltas, RESULT), gate))
    answer = ask()
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert answer.headers["x-request-id"] == REQUEST_ID
    passed_on = events(answer)
    for delta in deltas:
        assert next(passed_on) == delta
        gate.release()
    assert next(passed_on) == RESULT | {"actor_id": "ann"}
    assert list(passed_on) == []


def test_the_agent_is_asked_for_events_in_the_same_session(plane: DataPlane) -> None:
    list(ask().chunks)
    assert plane.invoked[0].headers["accept"] == "text/event-stream"
    assert plane.invoked[0].payload == QUESTION | {"actor_id": f"{KEY_ID}/ann"}


def test_under_a_runtime_that_cannot_stream_the_answer_is_whole(plane: DataPlane) -> None:
    answer = lambda_handler(door_event(QUESTION, path="/invoke/stream"), Context())
    assert isinstance(answer, dict)
    assert answer["statusCode"] == 200
    assert answer["body"].count("data: ") == 5  # four words, and the result
    json.dumps(answer)


def test_an_agent_that_does_not_stream_is_one_event(plane: DataPlane) -> None:
    plane.script.append(Said({k: v for k, v in RESULT.items() if k != "type"}))
    assert list(events(ask())) == [RESULT | {"actor_id": "ann"}]


@pytest.mark.parametrize(
    ("first", "status"),
    [
        (Refused("ThrottlingException", 429), 200),  # it is tried again
        (Refused("AccessDeniedException", 403), 500),
        (Refused("RuntimeClientError", 424, "Received error (504) from runtime."), 504),
        (Said("no JSON"), 502),
        (Script(()), 502),
        (Script(({"type": "error", "code": "model-timed-out", "message": "x"},)), 504),
        (Script(({"error": "KeyError: 'secret'", "error_type": "KeyError"},)), 502),
        (Script(("data: no JSON\n\n",)), 502),
        (Script(('data: {"type": "delta", "text": "no end"}',)), 502),
    ],
    ids=str,
)
def test_what_fails_before_the_first_event_is_answered_as_json(
    plane: DataPlane, first: Refused | Said | Script, status: int
) -> None:
    plane.script.append(first)
    answer = ask()
    body = b"".join(answer.chunks)
    assert answer.status == status
    if status != 200:
        assert answer.headers["Content-Type"] == "application/json"
        assert set(json.loads(body)) == {"error", "request_id"}
        assert b"secret" not in body


def test_a_request_that_is_wrong_names_the_field(plane: DataPlane) -> None:
    answer = ask({"prompt": ""})
    assert answer.status == 400
    assert json.loads(b"".join(answer.chunks))["error"].startswith("prompt: ")


@pytest.mark.parametrize(
    ("rest", "last"),
    [
        ((), FAILED),
        (({"type": "error", "code": "model-unavailable", "message": "Groq, account 7"},), FAILED),
        (({"type": "error", "code": "model-timed-out", "message": "x"},), TIMED_OUT),
        (({"error": "KeyError: 'secret'", "error_type": "KeyError", "message": "x"},), FAILED),
        (({"type": "delta", "text": 7},), FAILED),
        ((RESULT | {"actor_id": "other/ann"},), FAILED),
        ((RESULT | {"thread_id": "t-2"},), FAILED),
        (("data: " + "x" * 1_100_000,), FAILED),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_fails_after_the_first_event_is_the_last_event(
    plane: DataPlane, rest: tuple[Any, ...], last: Json, log: StringIO
) -> None:
    delta = {"type": "delta", "text": "It "}
    plane.script.append(Script((delta, *rest)))
    assert list(events(ask())) == [delta, last]
    assert json.loads(log.getvalue().splitlines()[-1])["correlation_id"] == REQUEST_ID
    assert not [word for word in ("Groq", "secret", "Roaming") if word in log.getvalue()]


def test_an_agent_that_ends_in_the_middle_is_told_of(plane: DataPlane) -> None:
    delta = {"type": "delta", "text": "It "}
    plane.script.append(Script((delta,), breaks_off=True))
    sentence = "The agent could not be reached. Try again."
    assert list(events(ask())) == [delta, error("agent_unavailable", sentence)]


def test_nothing_follows_the_result(plane: DataPlane) -> None:
    plane.script.append(Script((RESULT, {"type": "delta", "text": "and more"})))
    assert list(events(ask())) == [RESULT | {"actor_id": "ann"}]


def test_silence_between_two_events_is_the_last_event(
    plane: DataPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SILENCE_TIMEOUT_S", 0.3)
    delta = {"type": "delta", "text": "It "}
    gate = threading.Semaphore(0)
    plane.script.append(Script((delta, RESULT), gate))
    assert list(events(ask())) == [delta, TIMED_OUT]
    gate.release()


def test_silence_before_the_first_event_is_504(
    plane: DataPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "SILENCE_TIMEOUT_S", 0.3)
    plane.script.append(Silence())
    assert ask().status == 504


def test_a_stream_without_end_is_ended_before_lambda_ends_it(
    plane: DataPlane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "LAST_WORD_S", 30.0)  # all that the context says is left
    gate = threading.Semaphore(0)
    delta = {"type": "delta", "text": "It "}
    plane.script.append(Script((delta, delta, RESULT), gate))
    assert ask().status == 504
    gate.release(2)


def ended(log: StringIO) -> list[Json]:
    written = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in written if line["message"] == "request ended"]


def test_a_stream_leaves_its_line_when_it_ends_and_not_before(
    plane: DataPlane, log: StringIO
) -> None:
    answer = ask()
    assert ended(log) == []
    list(answer.chunks)
    (line,) = ended(log)
    assert (line["level"], line["request_id"], line["status"]) == ("INFO", REQUEST_ID, 200)
    assert line["session_id"] == plane.invoked[0].headers[SESSION_HEADER]
    assert "code" not in line


def test_a_stream_that_fails_or_is_left_says_so_in_its_line(
    plane: DataPlane, log: StringIO
) -> None:
    delta = {"type": "delta", "text": "It "}
    plane.script.extend([Script((delta,)), Script((delta, RESULT))])
    list(ask().chunks)
    left = iter(ask().chunks)
    next(left)
    del left
    gc.collect()
    assert [line["code"] for line in ended(log)] == ["agent_failed", "not_sent"]


@pytest.mark.parametrize(("body", "status"), [({"prompt": ""}, 400), (QUESTION, 502)])
def test_what_never_became_a_stream_leaves_a_line_too(
    plane: DataPlane, log: StringIO, body: Json, status: int
) -> None:
    plane.script.append(Said("no JSON"))
    ask(body)
    assert [(line["request_id"], line["status"]) for line in ended(log)] == [(REQUEST_ID, status)]
