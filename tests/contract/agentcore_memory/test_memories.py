from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.control_plane import never
from tests.support.fake_cloud import ACCOUNT_ID
from tests.support.memory_plane import MEMORIES, ROLE_ARN, Chat, Client, MemoryLaptop

MEMORY: dict[str, Any] = {"name": "Faq", "eventExpiryDuration": 30}


def refused(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    response = error.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.fidelity("memory.create")
def test_a_new_memory_is_creating_and_then_active(laptop: MemoryLaptop, control: Client) -> None:
    reply = control.create_memory(**MEMORY, description="What customers ask", tags={"team": "faq"})
    memory = reply["memory"]
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert memory["status"] == "CREATING"
    assert memory["id"] == "Faq-0000000001"
    assert memory["arn"] == f"{MEMORIES}/Faq-0000000001"
    assert memory["eventExpiryDuration"] == 30
    assert memory["strategies"] == []
    assert "tags" not in memory

    laptop.settle()
    shown = control.get_memory(memoryId=memory["id"])["memory"]
    assert shown["status"] == "ACTIVE"
    assert shown["description"] == "What customers ask"
    control.get_waiter("memory_created").wait(memoryId=memory["id"])


@pytest.mark.fidelity("memory.create")
def test_lists_say_everything_but_the_name(laptop: MemoryLaptop, control: Client) -> None:
    for name in ("First", "Second", "Third"):
        control.create_memory(name=name, eventExpiryDuration=7)
    laptop.settle()
    page = control.list_memories(maxResults=2)
    rest = control.list_memories(nextToken=page["nextToken"])
    listed = [*page["memories"], *rest["memories"]]
    assert [one["id"].partition("-")[0] for one in listed] == ["First", "Second", "Third"]
    assert set(listed[0]) == {"arn", "id", "status", "createdAt", "updatedAt"}
    assert "nextToken" not in rest


@pytest.mark.fidelity("memory.name-taken")
def test_a_name_is_taken_once(control: Client) -> None:
    control.create_memory(**MEMORY)
    with pytest.raises(control.exceptions.ValidationException) as error:
        control.create_memory(**MEMORY)
    assert refused(error) == ("ValidationException", 400)
    assert "already exists" in error.value.response["Error"]["Message"]


@pytest.mark.fidelity("memory.names")
@pytest.mark.parametrize("name", ["", "1st", "a-b", "a" * 49, "naïve"])
def test_a_name_that_breaks_the_pattern_is_refused(control: Client, name: str) -> None:
    with pytest.raises(control.exceptions.ValidationException) as error:
        control.create_memory(name=name, eventExpiryDuration=30)
    assert [field["name"] for field in error.value.response["fieldList"]] == ["name"]


@pytest.mark.fidelity("memory.expiry-range")
@pytest.mark.parametrize("days", [0, 3, 6, 366])
def test_events_live_for_a_week_to_a_year(control: Client, memory_id: str, days: int) -> None:
    with pytest.raises(control.exceptions.ValidationException) as created:
        control.create_memory(name="Other", eventExpiryDuration=days)
    with pytest.raises(control.exceptions.ValidationException) as updated:
        control.update_memory(memoryId=memory_id, eventExpiryDuration=days)
    for error in (created, updated):
        assert error.value.response["fieldList"][0]["name"] == "eventExpiryDuration"


@pytest.mark.fidelity("memory.client-token")
def test_a_request_sent_twice_makes_one_memory(laptop: MemoryLaptop, control: Client) -> None:
    first = control.create_memory(**MEMORY, clientToken="again")
    laptop.settle()
    second = control.create_memory(**MEMORY, clientToken="again")
    assert first["memory"]["id"] == second["memory"]["id"]
    assert len(control.list_memories()["memories"]) == 1
    with pytest.raises(control.exceptions.ValidationException) as error:
        control.create_memory(**MEMORY | {"eventExpiryDuration": 31}, clientToken="again")
    assert error.value.response["reason"] == "IdempotentParameterMismatchException"


@pytest.mark.fidelity("memory.role")
def test_a_role_that_cannot_be_assumed_fails_the_memory(
    laptop: MemoryLaptop, control: Client
) -> None:
    laptop.cloud.unassumable.append(ROLE_ARN)
    memory = control.create_memory(**MEMORY, memoryExecutionRoleArn=ROLE_ARN)["memory"]
    laptop.settle()
    shown = control.get_memory(memoryId=memory["id"])["memory"]
    assert shown["status"] == "FAILED"
    assert shown["failureReason"].startswith(f"Role validation failed for '{ROLE_ARN}'")
    assert ("iam:PassRole", ROLE_ARN) in [
        (asked.action, asked.resource) for asked in laptop.cloud.authorizations
    ]


@pytest.mark.fidelity("memory.encryption")
def test_a_key_is_shown(laptop: MemoryLaptop, control: Client) -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT_ID}:key/any"
    memory_id = control.create_memory(**MEMORY, encryptionKeyArn=key)["memory"]["id"]
    laptop.settle()
    for view in ("full", "without_decryption"):
        memory = control.get_memory(memoryId=memory_id, view=view)["memory"]
        assert (memory["status"], memory["encryptionKeyArn"]) == ("ACTIVE", key)


@pytest.mark.fidelity("memory.update")
def test_an_update_changes_what_it_names_and_nothing_else(
    laptop: MemoryLaptop, control: Client
) -> None:
    memory_id = control.create_memory(**MEMORY, description="Old")["memory"]["id"]
    laptop.settle()
    changed = control.update_memory(memoryId=memory_id, eventExpiryDuration=90)["memory"]
    assert (changed["status"], changed["description"]) == ("UPDATING", "Old")
    laptop.settle()
    shown = control.get_memory(memoryId=memory_id)["memory"]
    assert (shown["status"], shown["eventExpiryDuration"]) == ("ACTIVE", 90)


@pytest.mark.fidelity("memory.conflict")
def test_a_memory_that_is_being_changed_is_left_alone(
    laptop: MemoryLaptop, control: Client
) -> None:
    held = laptop.restarted(never)
    with held.clients() as (client, data):
        memory_id = client.create_memory(**MEMORY)["memory"]["id"]
        with pytest.raises(client.exceptions.ConflictException):
            client.update_memory(memoryId=memory_id, description="Not yet")
        with pytest.raises(data.exceptions.ValidationException) as early:
            Chat(data, memory_id).write("Too early")
        assert early.value.response["reason"] == "ResourceConflict"
        client.delete_memory(memoryId=memory_id)
        with pytest.raises(client.exceptions.ConflictException):
            client.delete_memory(memoryId=memory_id)


def test_another_process_takes_up_what_one_left(laptop: MemoryLaptop) -> None:
    with laptop.restarted(never).clients() as (client, _):
        memory_id = client.create_memory(**MEMORY)["memory"]["id"]
    later = laptop.restarted()
    later.resume()
    with later.clients() as (client, _):
        assert client.get_memory(memoryId=memory_id)["memory"]["status"] == "ACTIVE"


@pytest.mark.fidelity("memory.delete")
def test_a_deleted_memory_takes_its_events_with_it(
    laptop: MemoryLaptop, control: Client, chat: Chat
) -> None:
    first = chat.write("Hello")
    chat.write("Or not", branch={"name": "alt", "rootEventId": first["eventId"]})
    deleted = control.delete_memory(memoryId=chat.memory_id)
    assert (deleted["memoryId"], deleted["status"]) == (chat.memory_id, "DELETING")
    laptop.settle()
    with pytest.raises(control.exceptions.ResourceNotFoundException) as error:
        control.get_memory(memoryId=chat.memory_id)
    assert refused(error) == ("ResourceNotFoundException", 404)
    assert [laptop.count(table) for table in ("events", "sessions", "branches")] == [0, 0, 0]

    again = control.create_memory(**MEMORY)["memory"]["id"]
    laptop.settle()
    assert Chat(chat.client, again).page()["events"] == []


def test_a_memory_that_is_not_there_is_not_found(control: Client, data: Client) -> None:
    for call in (control.get_memory, control.update_memory, control.delete_memory):
        with pytest.raises(control.exceptions.ResourceNotFoundException):
            call(memoryId="None-0000000000")
    with pytest.raises(data.exceptions.ResourceNotFoundException):
        Chat(data, "None-0000000000").page()


def test_tags_are_kept_beside_a_memory(laptop: MemoryLaptop, control: Client) -> None:
    arn = control.create_memory(**MEMORY, tags={"team": "faq"})["memory"]["arn"]
    laptop.settle()
    control.tag_resource(resourceArn=arn, tags={"env": "dev"})
    control.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert control.list_tags_for_resource(resourceArn=arn)["tags"] == {"env": "dev"}
    assert laptop.cloud.authorizations[-1].context == {"aws:ResourceTag/env": "dev"}


def test_a_memory_survives_another_process_unchanged(laptop: MemoryLaptop, chat: Chat) -> None:
    chat.write("Hello")
    with laptop.clients() as (control, _):
        before = control.get_memory(memoryId=chat.memory_id)["memory"]
    with laptop.restarted().clients() as (control, data):
        assert control.get_memory(memoryId=chat.memory_id)["memory"] == before
        assert Chat(data, chat.memory_id).texts() == ["Hello"]
