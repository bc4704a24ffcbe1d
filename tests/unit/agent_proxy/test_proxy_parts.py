"""The parts of the public door that need nobody on the other side."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from agent_proxy import edge, events, models, runtime, service
from agent_proxy.conversation import Conversation
from agent_proxy.errors import AgentBusy, AgentFailed, AgentProxyError, AgentTimedOut
from agent_proxy.models import MAX_PROMPT_CHARACTERS, Question
from agent_proxy.runtime import Call, Incoming
from scripts import public_api
from tests.support.template import ROOT, resource

DOCUMENT = yaml.safe_load((ROOT / "functions/agent_proxy/openapi.yaml").read_text())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
WHERE = Conversation("key1", "ann", "t-1")
CALL = Call(b"{}", "s" * 64, "request", None, "application/json")


class Time:
    """A clock that only pauses move; each pause is noted."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.pauses_s: list[float] = []

    def pause(self, seconds: float) -> None:
        self.pauses_s.append(seconds)
        self.now_s += seconds

    def clock(self) -> service.Clock:
        return service.Clock(now_s=lambda: self.now_s, pause=self.pause, chance=lambda: 0.5)


class Busy:
    """An agent that takes a question after so many tries."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.calls: list[Call] = []

    def invoke(self, call: Call) -> Incoming:
        self.calls.append(call)
        if len(self.calls) <= self.refusals:
            raise AgentBusy("not yet")
        return Incoming("application/json", iter([b"{}"]))


def test_every_failure_has_a_status_and_only_ours() -> None:
    assert set(edge.STATUS) == set(AgentProxyError.__subclasses__())
    assert set(runtime.FAILURES.values()) <= set(edge.STATUS)


def test_codes_and_sentences_tell_failures_apart() -> None:
    kinds = AgentProxyError.__subclasses__()
    assert (
        len({kind.code for kind in kinds}) == len({kind.sentence for kind in kinds}) == len(kinds)
    )


def test_a_question_is_asked_again_after_growing_pauses() -> None:
    time, agent = Time(), Busy(refusals=3)
    service.begin(CALL, agent=agent, clock=time.clock())
    assert time.pauses_s == pytest.approx([0.075, 0.15, 0.3])
    assert agent.calls == [CALL] * 4


def test_asking_again_has_an_end() -> None:
    time, agent = Time(), Busy(refusals=99)
    with pytest.raises(AgentBusy):
        service.begin(CALL, agent=agent, clock=time.clock())
    assert sum(time.pauses_s) <= service.RETRY_WITHIN_S


def test_all_tries_fit_into_what_api_gateway_waits() -> None:
    worst_s = service.RETRY_WITHIN_S + runtime.CONNECT_TIMEOUT_S + service.READ_TIMEOUT_S
    timeout_s = resource("AgentProxyFunction")["Properties"]["Timeout"]
    assert worst_s < 29 < timeout_s
    assert service.ANSWER_WITHIN_S < 29


def test_an_answer_that_trickles_is_given_up() -> None:
    now_s = iter([1.0, 2.0, 3.0])

    def endless() -> Iterator[bytes]:
        while True:
            yield b"x"

    with pytest.raises(AgentTimedOut):
        Incoming("", endless()).whole(deadline_s=2.5, now_s=lambda: next(now_s))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Conversation("k1", "a", "t"), Conversation("k2", "a", "t")),
        (Conversation("k1", "a", "t"), Conversation("k1", "b", "t")),
        (Conversation("k1", "a", "t"), Conversation("k1", "a", "u")),
    ],
)
def test_keys_actors_and_threads_are_kept_apart(one: Conversation, other: Conversation) -> None:
    assert one.session_id != other.session_id
    assert (one.scoped_actor_id == other.scoped_actor_id) == (
        one.actor_id == other.actor_id and one.key_id == other.key_id
    )


@pytest.mark.fidelity("door.memory-ids")
def test_ids_are_what_agentcore_takes() -> None:
    longest = Conversation("0123456789", "a" * 100, "t" * 100)
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9-_/]*(?::[a-zA-Z0-9-_/]+)*", longest.scoped_actor_id)
    assert len(longest.scoped_actor_id) <= 255
    assert len(longest.thread_id) <= 100
    assert 33 <= len(longest.session_id) <= 256


@pytest.mark.parametrize(
    "chunks",
    [
        [b'data: {"a": 1}\n\ndata: {"b": 2}\n\n'],
        [b'data: {"a"', b": 1}\r", b"\n\r\nda", b'ta: {"b": 2}\n', b"\n"],
        [b': comment\n\nevent: x\ndata: {"a": 1}\nid: 7\n\n', b'data:{"b": 2}\n\nrest'],
    ],
)
def test_events_are_found_however_they_are_cut(chunks: list[bytes]) -> None:
    assert [yaml.safe_load(data) for data in events.split(chunks)] == [{"a": 1}, {"b": 2}]


def test_an_event_that_never_ends_is_no_event() -> None:
    with pytest.raises(AgentFailed):
        list(events.split([b"data: " + b"x" * 600_000] * 2))


def test_a_question_is_checked_as_the_document_says() -> None:
    properties = SCHEMAS["Question"]["properties"]
    assert set(properties) == set(Question.model_fields)
    assert properties["prompt"]["maxLength"] == MAX_PROMPT_CHARACTERS
    assert properties["prompt"]["pattern"] == models.NOT_BLANK
    for name in ("actor_id", "thread_id"):
        assert properties[name]["pattern"] == models.ID_PATTERN
    assert SCHEMAS["Reply"]["required"] == list(models.Reply.model_fields)
    assert SCHEMAS["Source"]["required"] == list(models.Source.model_fields)


def test_the_document_for_callers_is_made_of_the_one_that_is_deployed() -> None:
    assert public_api.main(["--check"]) == 0
    document = yaml.safe_load(public_api.TARGET.read_text())
    assert list(document["paths"]) == ["/invoke", "/invoke/stream"]
    assert "amazon-apigateway" not in public_api.TARGET.read_text()
    assert "AtTheDoor" not in public_api.TARGET.read_text()


def test_every_method_that_asks_takes_a_key_and_no_other_does() -> None:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            asks = path.startswith("/invoke") and method == "post"
            assert operation["security"] == ([{"apiKey": []}] if asks else []), (path, method)


def test_what_takes_no_key_is_throttled_by_path() -> None:
    limited = {
        (one["HttpMethod"].lower(), one["ResourcePath"].replace("~1", "/").removeprefix("/"))
        for one in resource("AgentApi")["Properties"]["MethodSettings"]
    }
    keyless = {
        (method, path)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if not operation["security"]
    }
    assert limited == keyless


def test_every_status_that_is_answered_is_in_the_document() -> None:
    statuses = {str(int(status)) for status in edge.STATUS.values()} | {"200", "403", "429"}
    for path in ("/invoke", "/invoke/stream"):
        assert set(DOCUMENT["paths"][path]["post"]["responses"]) == statuses
