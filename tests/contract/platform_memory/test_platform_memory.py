"""The manager of shared memory on the laptop's memories and, where it can, on moto's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from platform_memory.errors import MemoryRefused, UnknownStore
from platform_memory.manager import PlatformMemory
from platform_memory.model import Message
from tests.support.memory_plane import Client, Clock, MemoryLaptop
from tests.support.memory_records import PREFERENCES, SEMANTIC, SUMMARY
from tests.support.planes import opened

KEYS: dict[str, Any] = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "secret"}
MINUTE = timedelta(minutes=1)
ASKED = Message("USER", "I want to upgrade my plan to Enterprise. I prefer email.")
ANSWERED = Message("ASSISTANT", "Let me transfer you to our sales team.")


def stores(control: Client) -> dict[str, str]:
    """Create the platform's memories, and return their ids by name."""
    made = {"customers": [SEMANTIC, PREFERENCES], "handoffs": [SUMMARY]}
    return {
        name: control.create_memory(name=name, eventExpiryDuration=30, memoryStrategies=strategies)[
            "memory"
        ]["id"]
        for name, strategies in made.items()
    }


@dataclass
class Platform:
    """The laptop's memories, and the manager that agents use."""

    laptop: MemoryLaptop
    memory: PlatformMemory

    @property
    def clock(self) -> Clock:
        """Return the clock of both."""
        return self.laptop.clock


@pytest.fixture
def platform() -> Iterator[Platform]:
    with opened(MemoryLaptop) as laptop, laptop.clients() as (control, data):
        memory = PlatformMemory(data, stores(control), now=laptop.clock)
        laptop.settle()
        yield Platform(laptop, memory)


@pytest.fixture(params=["moto", "laptop"])
def anywhere(request: pytest.FixtureRequest) -> Iterator[PlatformMemory]:
    if request.param == "laptop":
        platform: Platform = request.getfixturevalue("platform")
        yield platform.memory
        return
    with mock_aws():
        session = boto3.Session(region_name="us-east-1", **KEYS)
        control = session.client("bedrock-agentcore-control")
        data = session.client("bedrock-agentcore")
        clock = Clock()
        yield PlatformMemory(data, stores(control), now=clock)
        control.close()
        data.close()


def test_what_was_said_is_read_again_in_order(anywhere: PlatformMemory) -> None:
    clock = anywhere.now
    assert isinstance(clock, Clock)
    assert anywhere.session_history("customers", "c-1", "s-1") == []
    first_at = clock.now
    anywhere.store_interaction("customers", "c-1", "s-1", [ASKED, ANSWERED])
    clock.pass_by(MINUTE)
    anywhere.store_interaction("customers", "c-1", "s-1", [Message("TOOL", "CRM: gold")])
    assert anywhere.session_history("customers", "c-1", "s-1") == [
        Message("USER", ASKED.text, first_at),
        Message("ASSISTANT", ANSWERED.text, first_at),
        Message("TOOL", "CRM: gold", clock.now),
    ]
    assert anywhere.session_history("customers", "c-2", "s-1") == []
    with pytest.raises(UnknownStore, match="nothing"):
        anywhere.session_history("nothing", "c-1", "s-1")


def test_context_is_what_another_agent_has_heard(platform: Platform) -> None:
    memory = platform.memory
    memory.store_interaction("customers", "c-1", "s-1", [ASKED, ANSWERED])
    memory.store_interaction("customers", "c-2", "s-2", [Message("USER", "I own two cats.")])
    platform.laptop.settle()
    query = "Which plan does the customer want?"
    (fact, *_) = memory.retrieve_context("customers", query, namespace="/facts/c-1/")
    assert fact.text == 'The user said: "I want to upgrade my plan to Enterprise."'
    assert fact.namespace == "/facts/c-1/"
    assert fact.record_id.startswith("mem-")
    everything = memory.retrieve_context("customers", query, namespace_path="/facts")
    assert len(everything) == 3
    scores = [passage.score for passage in everything]
    assert scores == sorted(scores, reverse=True)
    best = memory.retrieve_context(
        "customers", query, namespace_path="/facts", min_score=fact.score, max_results=2
    )
    assert best == [fact]


def test_a_context_without_a_place_is_refused(platform: Platform) -> None:
    with pytest.raises(MemoryRefused, match="ValidationException") as refused:
        platform.memory.retrieve_context("customers", "plan")
    assert refused.value.__cause__ is not None


def test_an_interaction_with_a_token_is_kept_once(platform: Platform) -> None:
    memory = platform.memory
    kept = {
        memory.store_interaction("customers", "c-1", "s-1", [ASKED], token="turn-1")
        for _ in range(2)
    }
    assert len(kept) == 1
    assert len(memory.session_history("customers", "c-1", "s-1")) == 1


def test_variables_that_the_memory_does_not_know_are_refused(platform: Platform) -> None:
    with pytest.raises(MemoryRefused):
        platform.memory.store_interaction(
            "customers", "c-1", "s-1", [ASKED], namespace_variables={"tenant": "acme"}
        )


def hand_over(platform: Platform, to_agent: str = "sales", summary: str = "Wants more") -> str:
    platform.clock.pass_by(MINUTE)
    return platform.memory.hand_over(
        "support", to_agent, "c-1", "s-1", summary, {"plan": "Enterprise", "seats": 40}
    )


def test_a_hand_over_is_pending_for_whom_it_is_for(platform: Platform) -> None:
    assert platform.memory.pending_hand_over("c-1", "s-1") is None
    event_id = hand_over(platform)
    pending = platform.memory.pending_hand_over("c-1", "s-1", to_agent="sales")
    assert pending is not None
    assert pending == platform.memory.pending_hand_over("c-1", "s-1")
    assert (pending.from_agent, pending.to_agent, pending.summary) == (
        "support",
        "sales",
        "Wants more",
    )
    assert pending.context == {"plan": "Enterprise", "seats": 40}
    assert (pending.event_id, pending.at) == (event_id, platform.clock.now)
    assert platform.memory.pending_hand_over("c-1", "s-1", to_agent="sre") is None
    assert platform.memory.pending_hand_over("c-1", "s-2") is None
    assert platform.memory.pending_hand_over("c-2", "s-1") is None


def test_a_hand_over_that_is_taken_is_pending_no_more(platform: Platform) -> None:
    hand_over(platform)
    taken = platform.memory.pending_hand_over("c-1", "s-1")
    assert taken is not None
    hand_over(platform, summary="Once more")
    for _ in range(2):
        platform.memory.take_over(taken)
    again = platform.memory.pending_hand_over("c-1", "s-1", "sales")
    assert again is not None
    assert again.summary == "Once more"
    platform.memory.take_over(again)
    assert platform.memory.pending_hand_over("c-1", "s-1") is None
    assert platform.memory.pending_hand_over("c-1", "s-1", "sales") is None


def test_who_has_taken_a_conversation_over_is_known_until_the_next_hand_over(
    platform: Platform,
) -> None:
    memory, about = platform.memory, ("c-1", "s-1")
    assert memory.taken_over_by(*about) is None
    memory.hand_over("support-agent", "sales-agent", *about, "Wants to buy.")
    assert memory.taken_over_by(*about) is None
    taken = memory.pending_hand_over(*about)
    assert taken is not None
    memory.take_over(taken)
    assert memory.taken_over_by(*about) == "sales-agent"
    assert memory.taken_over_by("c-2", "s-1") is None
    platform.clock.pass_by(MINUTE)
    memory.hand_over("sales-agent", "sre-agent", *about, "It is down.")
    assert memory.taken_over_by(*about) is None


def test_a_hand_over_to_another_agent_leaves_the_first_pending(platform: Platform) -> None:
    hand_over(platform)
    hand_over(platform, to_agent="sre", summary="Is down")
    newest = platform.memory.pending_hand_over("c-1", "s-1")
    first = platform.memory.pending_hand_over("c-1", "s-1", "sales")
    assert newest is not None
    assert first is not None
    assert (newest.to_agent, first.to_agent) == ("sre", "sales")


def test_a_pending_hand_over_is_found_by_reading_one_event(platform: Platform) -> None:
    hand_over(platform)
    platform.clock.pass_by(MINUTE)
    for number in range(5):
        platform.clock.pass_by(MINUTE)
        said = [Message("USER", f"question {number}")]
        platform.memory.store_interaction("handoffs", "c-1", "s-1", said)
    replies: list[dict[str, Any]] = []

    def keep(parsed: dict[str, Any], **_: object) -> None:
        replies.append(parsed)

    events = platform.memory.client.meta.events
    events.register("after-call.bedrock-agentcore.ListEvents", keep)
    assert platform.memory.pending_hand_over("c-1", "s-1") is not None
    assert [len(reply["events"]) for reply in replies] == [1]


def test_a_hand_over_is_not_extracted(platform: Platform) -> None:
    hand_over(platform, summary="I live in Munich.")
    platform.laptop.settle()
    assert platform.laptop.count("records") == 0


def test_an_agent_whose_name_cannot_be_kept_is_refused(platform: Platform) -> None:
    with pytest.raises(MemoryRefused):
        hand_over(platform, to_agent="sales;everyone")
