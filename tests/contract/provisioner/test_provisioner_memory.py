"""A memory's life under the state machine: created, updated in place, deleted."""

import pytest

from agentcore_resources.memory import MEMORY
from provisioner.calls import Calls
from provisioner.errors import Refused
from provisioner.kinds.memories import Memories
from tests.support.agent_planes import AgentPlane
from tests.support.provisioning import Json, LosesOneReply, Stack, Troubled

FACTS = {"SemanticMemoryStrategy": {"Name": "Facts", "Namespaces": ["/actors/{actorId}/"]}}
TASTES = {"UserPreferenceMemoryStrategy": {"Name": "Tastes", "Namespaces": ["/tastes/{actorId}/"]}}


def properties(**changes: object) -> Json:
    stated = {"Name": "petstore_faq", "EventExpiryDuration": 30} | changes
    return {name: value for name, value in stated.items() if value is not None}


@pytest.fixture
def stack(memory_plane: AgentPlane, monkeypatch: pytest.MonkeyPatch) -> Stack:
    stack = Stack(
        Memories(Calls(memory_plane.client)),
        stated_kind=MEMORY,
        resource_type="Custom::AgentCoreMemory",
        logical_id="FaqMemory",
        defaults=properties,
    )
    stack.interpreter.install(monkeypatch)
    return stack


def memories(plane: AgentPlane) -> list[str]:
    return [memory["id"] for memory in plane.client.list_memories()["memories"]]


def memory(plane: AgentPlane, answer: Json) -> Json:
    found: Json = plane.client.get_memory(memoryId=answer["Data"]["MemoryId"])["memory"]
    return found


def test_a_create_makes_a_memory_and_answers_with_its_id_and_arn(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    answer = stack.create(Description="Conversations", Tags={"team": "faq"})
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "")
    assert answer["PhysicalResourceId"] == "memory/petstore_faq"
    made = memory(memory_plane, answer)
    assert (made["name"], made["status"]) == ("petstore_faq", "ACTIVE")
    assert (made["eventExpiryDuration"], made["description"]) == (30, "Conversations")
    assert answer["Data"] == {"MemoryId": made["id"], "MemoryArn": made["arn"]}
    tags = memory_plane.client.list_tags_for_resource(resourceArn=made["arn"])["tags"]
    assert tags == {
        "team": "faq",
        "provisioner:stack-id": stack.stack_id,
        "provisioner:logical-id": "FaqMemory",
    }
    assert memory_plane.changes == ["CreateMemory"]


def test_an_update_that_changes_nothing_calls_nothing(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    created = stack.create()
    memory_plane.changes.clear()
    answer = stack.update()
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", created["Data"])
    assert memory_plane.changes == []


@pytest.mark.fidelity("provisioner.memory.in-place")
def test_what_changes_is_updated_in_place(stack: Stack, memory_plane: AgentPlane) -> None:
    created = stack.create()
    memory_plane.changes.clear()
    answer = stack.update(EventExpiryDuration=90, Description="Longer")
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", created["Data"])
    assert memory_plane.changes == ["UpdateMemory"]
    changed = memory(memory_plane, answer)
    assert (changed["eventExpiryDuration"], changed["description"]) == (90, "Longer")


def test_a_description_that_is_no_longer_stated_stays(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    stack.create(Description="Conversations")
    memory_plane.changes.clear()
    answer = stack.update()
    assert (answer["Status"], memory_plane.changes) == ("SUCCESS", [])
    answer = stack.update(EventExpiryDuration=90)
    assert answer["Status"] == "SUCCESS"
    assert memory(memory_plane, answer)["description"] == "Conversations"


def test_strategies_come_change_and_go_with_the_statement(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    stack.create(MemoryStrategies=[FACTS])
    memory_plane.changes.clear()
    described = {"SemanticMemoryStrategy": FACTS["SemanticMemoryStrategy"] | {"Description": "d"}}
    answer = stack.update(MemoryStrategies=[described, TASTES])
    strategies = memory(memory_plane, answer)["strategies"]
    assert [(one["name"], one.get("description") or "") for one in strategies] == [
        ("Facts", "d"),
        ("Tastes", ""),
    ]
    answer = stack.update(MemoryStrategies=[TASTES])
    assert [one["name"] for one in memory(memory_plane, answer)["strategies"]] == ["Tastes"]
    assert memory_plane.changes == ["UpdateMemory", "UpdateMemory"]


def test_what_no_update_changes_is_refused_and_the_memory_stays(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    stack.create(MemoryStrategies=[FACTS])
    memory_plane.changes.clear()
    other = {"UserPreferenceMemoryStrategy": FACTS["SemanticMemoryStrategy"]}
    answer = stack.update(MemoryStrategies=[other])
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("Of strategy Facts only description, namespaces")
    assert memory_plane.changes == []
    assert len(memories(memory_plane)) == 1


def test_a_delete_removes_the_memory_and_a_second_one_finds_nothing(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    stack.create()
    assert stack.delete()["Status"] == "SUCCESS"
    assert memories(memory_plane) == []
    memory_plane.changes.clear()
    assert stack.delete()["Status"] == "SUCCESS"
    assert memory_plane.changes == []


def test_a_memory_of_another_stack_is_neither_taken_nor_deleted(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    stack.create()
    stack.stack_id += "-other"
    refused = stack.create()
    assert "A memory named petstore_faq exists and does not belong" in refused["Reason"]
    assert stack.delete()["Status"] == "SUCCESS"
    assert len(memories(memory_plane)) == 1


@pytest.mark.fidelity("provisioner.memory.name-in-id")
def test_a_memory_whose_name_begins_like_ours_is_another_one(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    memory_plane.client.create_memory(name="petstore_faq_2", eventExpiryDuration=30)
    assert stack.create()["Status"] == "SUCCESS"
    assert stack.delete()["Status"] == "SUCCESS"
    (left,) = memories(memory_plane)
    assert left.startswith("petstore_faq_2-")


def test_a_lost_reply_makes_no_second_memory(stack: Stack, memory_plane: AgentPlane) -> None:
    stack.kind = LosesOneReply(stack.kind)
    assert stack.create()["Status"] == "SUCCESS"
    assert len(memories(memory_plane)) == 1


def test_a_create_that_fails_leaves_nothing_and_says_why(
    stack: Stack, memory_plane: AgentPlane
) -> None:
    stack.kind = Troubled(stack.kind, get=[None, Refused("GetMemory: oops")])
    answer = stack.create()
    assert answer["Status"] == "FAILED"
    assert "GetMemory: oops (Refused)" in answer["Reason"]
    assert memories(memory_plane) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"Name": "no-hyphens"}, "Name: String should match pattern"),
        ({"EventExpiryDuration": None}, "EventExpiryDuration: required"),
        ({"EventExpiryDuration": "a month"}, "EventExpiryDuration: expected a whole number"),
        ({"Colour": "blue"}, "Colour: unknown property"),
    ],
)
def test_bad_properties_are_refused_at_once_by_name(
    stack: Stack, memory_plane: AgentPlane, changes: Json, problem: str
) -> None:
    answer = stack.create(**changes)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(problem)
    assert stack.started == {}
    assert stack.delete()["Status"] == "SUCCESS"
    assert memory_plane.changes == []
