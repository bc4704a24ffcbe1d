"""A third party asks the FAQ agent, with nothing but a URL and an API key."""

import json
import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.support.door import Door, events, sources
from tests.support.laptop import Cloud, Stack

ROAMING, ROAMING_OFF = "How do I activate roaming?", "How do I turn roaming off?"
REFUSED = {"message": "Forbidden"}


@pytest.fixture(scope="module")
def door(cloud: Cloud, stack: Stack) -> Iterator[Door]:
    with Door.of(cloud, stack) as opened:
        yield opened


@pytest.fixture
def thread() -> str:
    return uuid.uuid4().hex


@pytest.mark.parametrize(
    ("prompt", "words", "source"),
    [
        ("How do I activate roaming?", ["*123#"], ROAMING),
        ("What is your cheapest plan?", ["Lauki Basic", "$8"], "What is the cheapest plan?"),
        ("Where do I find my IMEI?", ["*#06#"], "How do I find my IMEI number?"),
    ],
)
def test_an_answer_quotes_the_right_entry_and_names_it(
    door: Door, thread: str, prompt: str, words: list[str], source: str
) -> None:
    reply = door.ask(prompt, actor_id="ann", thread_id=thread)

    assert all(word in reply["result"] for word in words)
    assert source in sources(reply)
    assert (reply["actor_id"], reply["thread_id"]) == ("ann", thread)


def test_a_follow_up_is_understood_from_the_thread_s_history(door: Door, thread: str) -> None:
    door.ask(ROAMING, actor_id="ann", thread_id=thread)
    reply = door.ask("And how do I turn it off again?", actor_id="ann", thread_id=thread)

    assert ROAMING_OFF in sources(reply)


def test_without_a_thread_a_new_one_is_begun_and_named(door: Door) -> None:
    first, second = door.ask(ROAMING), door.ask(ROAMING)

    assert first["actor_id"] == second["actor_id"] == "anonymous"
    assert first["thread_id"] != second["thread_id"]


def test_what_the_faq_does_not_know_is_not_answered(door: Door, thread: str) -> None:
    reply = door.ask("Who won the football world cup in 1990?", thread_id=thread)

    assert reply["sources"] == []
    assert "Germany" not in reply["result"]


def test_a_stream_ends_with_what_a_whole_answer_says(door: Door, thread: str) -> None:
    body = {"prompt": ROAMING, "actor_id": "ann", "thread_id": thread}
    with door.streamed(body) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        *deltas, last = events(response)

    assert last["type"] == "result"
    assert "".join(one["text"] for one in deltas) == last["result"]
    assert len(deltas) > 1
    assert (last["actor_id"], last["thread_id"]) == ("ann", thread)
    assert ROAMING in sources(last)


@pytest.mark.parametrize("key", [None, "wrong", "x" * 40])
@pytest.mark.parametrize("to", ["", "/stream"])
def test_without_the_key_nobody_gets_in(door: Door, key: str | None, to: str) -> None:
    refused = door.with_key(key).post({"prompt": ROAMING}, to=to)

    assert (refused.status_code, refused.json()) == (403, REFUSED)


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "prompt"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": 7}, "prompt"),
        ({"prompt": "x" * 100_000}, "prompt"),
        ({"prompt": "?", "actor_id": "../bob"}, "actor_id"),
        ({"prompt": "?", "thread_id": "a b"}, "thread_id"),
        ({"prompt": "?", "stranger": 1}, "stranger"),
        (b"{", "body"),
        (b"[]", "body"),
    ],
    ids=["no prompt", "empty", "number", "long", "actor", "thread", "unknown", "cut off", "list"],
)
@pytest.mark.parametrize("to", ["", "/stream"])
def test_a_bad_request_is_refused_by_the_name_of_its_field(
    door: Door, body: object, named: str, to: str
) -> None:
    refused = door.post(body, to=to)

    assert refused.status_code == httpx.codes.BAD_REQUEST, refused.text
    assert named in refused.json()["error"]


def test_a_browser_s_preflight_needs_no_key(door: Door) -> None:
    answer = door.http.options(
        door.url,
        headers={
            "origin": "https://shop.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "x-api-key,content-type",
        },
    )

    assert answer.status_code in {200, 204}


def test_one_request_id_leads_through_all_logs(cloud: Cloud, stack: Stack, door: Door) -> None:
    response = door.post({"prompt": ROAMING})
    request_id = response.headers["x-request-id"]
    assert request_id

    logs = cloud.client("logs")
    found = logs.filter_log_events(
        logGroupName=f"/{stack.name}/agent-proxy", filterPattern=f'"{request_id}"'
    )["events"]
    assert found
    assert not any("roaming" in one["message"] for one in found)
    assert json.loads(response.text)["result"]
