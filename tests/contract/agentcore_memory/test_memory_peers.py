"""The same life of a memory against two of them, moto's and the laptop's own.

Where they differ, the test says which does what: moto knows no time between CREATING and ACTIVE,
names no memory in its id, ends the ids of events in sixteen digits, lists events oldest first, and
without payloads unless they are asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.asgi import KEYS
from tests.support.memory_plane import OCCURRED, Chat, Client, MemoryLaptop
from tests.support.planes import opened

MOTO, LAPTOP = "moto", "laptop"


@dataclass
class Peer:
    """A control plane and a data plane of memories."""

    name: str
    control: Client
    data: Client
    laptop: MemoryLaptop | None = None

    def settle(self) -> None:
        """Wait until nothing goes on."""
        if self.laptop is not None:
            self.laptop.settle()

    def memory(self, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Create a memory, wait, and return it."""
        wanted = {"name": "Faq", "eventExpiryDuration": 30, **members}
        memory_id = self.control.create_memory(**wanted)["memory"]["id"]
        self.settle()
        memory: dict[str, Any] = self.control.get_memory(memoryId=memory_id)["memory"]
        return memory


@pytest.fixture(params=[MOTO, LAPTOP])
def peer(request: pytest.FixtureRequest) -> Iterator[Peer]:
    if request.param == MOTO:
        with mock_aws():
            session = boto3.Session(region_name="us-east-1", **KEYS)
            control = session.client("bedrock-agentcore-control")
            data = session.client("bedrock-agentcore")
            yield Peer(MOTO, control, data)
            control.close()
            data.close()
        return
    with opened(MemoryLaptop) as laptop, laptop.clients() as (control, data):
        yield Peer(LAPTOP, control, data, laptop)


@pytest.mark.fidelity("memory.create")
def test_a_memory_lives_alike(peer: Peer) -> None:
    memory = peer.memory(description="What customers ask")
    assert memory["status"] == "ACTIVE"
    assert memory["id"].startswith("Faq-") == (peer.name == LAPTOP)
    assert memory["arn"].endswith(f":memory/{memory['id']}")
    assert (memory["description"], memory["eventExpiryDuration"]) == ("What customers ask", 30)
    assert [one["id"] for one in peer.control.list_memories()["memories"]] == [memory["id"]]

    peer.control.update_memory(memoryId=memory["id"], description="Changed")
    peer.settle()
    changed = peer.control.get_memory(memoryId=memory["id"])["memory"]
    assert (changed["description"], changed["status"]) == ("Changed", "ACTIVE")

    deleted = peer.control.delete_memory(memoryId=memory["id"])
    assert (deleted["memoryId"], deleted["status"]) == (memory["id"], "DELETING")
    peer.settle()
    with pytest.raises(peer.control.exceptions.ResourceNotFoundException):
        peer.control.get_memory(memoryId=memory["id"])


@pytest.mark.fidelity("memory.strategy-views")
def test_strategies_are_kept_alike(peer: Peer) -> None:
    strategy = {"name": "Facts", "namespaces": ["/facts/{actorId}/"]}
    memory = peer.memory(memoryStrategies=[{"semanticMemoryStrategy": strategy}])
    (shown,) = memory["strategies"]
    assert (shown["name"], shown["type"], shown["status"]) == ("Facts", "SEMANTIC", "ACTIVE")
    assert shown["namespaces"] == ["/facts/{actorId}/"]


@pytest.mark.fidelity("memory.event")
def test_events_live_alike(peer: Peer) -> None:
    chat = Chat(peer.data, peer.memory()["id"])
    for number, text in zip(count(), ("first", "second"), strict=False):
        event = chat.write(text, at=OCCURRED + timedelta(seconds=number))
    assert event["branch"] == {"name": "main"}
    assert event["eventTimestamp"] == OCCURRED + timedelta(seconds=1)
    millis, _, suffix = event["eventId"].partition("#")
    assert millis.isdecimal()
    assert len(suffix) == (16 if peer.name == MOTO else 8)
    newest_first = ["second", "first"]
    assert chat.texts(includePayloads=True) == (
        newest_first[::-1] if peer.name == MOTO else newest_first
    )
    assert "payload" not in chat.page(includePayloads=False)["events"][0]
    assert ("payload" in chat.page()["events"][0]) == (peer.name == LAPTOP)

    name = {**chat.names, "eventId": event["eventId"]}
    assert peer.data.get_event(**name)["event"]["payload"] == event["payload"]
    assert peer.data.delete_event(**name)["eventId"] == event["eventId"]
    assert chat.texts(includePayloads=True) == ["first"]
    with pytest.raises(peer.data.exceptions.ResourceNotFoundException):
        peer.data.get_event(**name)


@pytest.mark.fidelity("memory.isolation")
def test_sessions_are_apart_alike(peer: Peer) -> None:
    memory_id = peer.memory()["id"]
    Chat(peer.data, memory_id, "ann", "monday").write("ann's")
    Chat(peer.data, memory_id, "bob", "monday").write("bob's")
    assert Chat(peer.data, memory_id, "ann", "monday").texts(includePayloads=True) == ["ann's"]
    assert Chat(peer.data, memory_id, "ann", "tuesday").texts() == []
