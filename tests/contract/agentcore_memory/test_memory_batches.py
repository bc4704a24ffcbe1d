from typing import Any

import pytest

from tests.support.memory_plane import MEMORIES, OCCURRED, Client, MemoryLaptop
from tests.support.memory_records import SEMANTIC, LongTerm, long_term

UNKNOWN = f"mem-{'0' * 36}"


@pytest.fixture
def memory(laptop: MemoryLaptop, clients: tuple[Client, Client]) -> LongTerm:
    return long_term(laptop, clients, SEMANTIC)


def new(identifier: str, text: str = "fact", **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "requestIdentifier": identifier,
        "namespaces": ["/own/"],
        "content": {"text": text},
        "timestamp": OCCURRED,
        **members,
    }


def create(memory: LongTerm, *records: dict[str, Any], **members: Any) -> Any:  # noqa: ANN401 - JSON
    return memory.data.batch_create_memory_records(
        memoryId=memory.memory_id, records=list(records), **members
    )


@pytest.mark.fidelity("memory.records.batch-create")
def test_records_are_created_each_by_itself(memory: LongTerm) -> None:
    reply = create(memory, new("a"), new("b", memoryStrategyId="Nobody-1"), new("a"), new("c"))
    assert reply["ResponseMetadata"]["HTTPStatusCode"] == 201
    made, failed = reply["successfulRecords"], reply["failedRecords"]
    assert [(one["requestIdentifier"], one["status"]) for one in made] == [
        ("a", "SUCCEEDED"),
        ("c", "SUCCEEDED"),
    ]
    assert [(one["requestIdentifier"], one["status"], one["errorCode"]) for one in failed] == [
        ("b", "FAILED", 400),
        ("a", "FAILED", 400),
    ]
    assert "Nobody-1 not found" in failed[0]["errorMessage"]
    shown = [one["memoryRecordId"] for one in memory.records("/own")]
    assert shown == [one["memoryRecordId"] for one in made]


@pytest.mark.fidelity("memory.records.batch-create")
def test_a_batch_of_more_than_a_hundred_is_refused_whole(memory: LongTerm) -> None:
    with pytest.raises(memory.data.exceptions.ValidationException):
        create(memory, *(new(f"r-{number}") for number in range(101)))
    with pytest.raises(memory.data.exceptions.ValidationException):
        create(memory, new("a"), new("b", content={"text": ""}))
    assert memory.records() == []


@pytest.mark.fidelity("memory.records.batch-token")
def test_a_batch_that_is_sent_twice_is_written_once(memory: LongTerm) -> None:
    first = create(memory, new("a"), clientToken="again")
    second = create(memory, new("a"), clientToken="again")
    assert second["successfulRecords"] == first["successfulRecords"]
    assert len(memory.records()) == 1
    with pytest.raises(memory.data.exceptions.ValidationException) as error:
        create(memory, new("a", "other"), clientToken="again")
    assert error.value.response["reason"] == "IdempotentParameterMismatchException"


@pytest.mark.fidelity("memory.records.batch-update")
def test_what_is_given_of_records_is_changed(memory: LongTerm) -> None:
    tea, coffee = memory.write("The user drinks tea", "The user drinks coffee")
    reply = memory.data.batch_update_memory_records(
        memoryId=memory.memory_id,
        records=[
            {
                "memoryRecordId": tea,
                "timestamp": OCCURRED,
                "content": {"text": "The office is in Berlin"},
            },
            {
                "memoryRecordId": coffee,
                "timestamp": OCCURRED,
                "namespaces": ["/moved/"],
                "metadata": {"cups": {"numberValue": 2.0}},
                "sourceNamespaces": ["/own/"],
            },
            {"memoryRecordId": UNKNOWN, "timestamp": OCCURRED},
            {"memoryRecordId": tea, "timestamp": OCCURRED, "sourceNamespaces": ["/other/"]},
        ],
    )
    assert [one["memoryRecordId"] for one in reply["successfulRecords"]] == [tea, coffee]
    assert [(one["memoryRecordId"], one["errorCode"]) for one in reply["failedRecords"]] == [
        (UNKNOWN, 404),
        (tea, 404),
    ]
    assert memory.found("Which city?", "/own") == ["The office is in Berlin"]
    (moved,) = memory.records("/moved")
    assert moved["content"]["text"] == "The user drinks coffee"
    assert moved["metadata"] == {"cups": {"numberValue": 2.0}}
    assert memory.found("drinks", "/moved") == ["The user drinks coffee"]


@pytest.mark.fidelity("memory.records.batch-delete")
def test_records_are_deleted_each_by_itself(memory: LongTerm) -> None:
    one, two, three = memory.write("one", "two", "three")
    reply = memory.data.batch_delete_memory_records(
        memoryId=memory.memory_id,
        records=[
            {"memoryRecordId": one},
            {"memoryRecordId": one},
            {"memoryRecordId": two, "namespace": "/own/"},
            {"memoryRecordId": three, "namespace": "/other/"},
        ],
    )
    assert [done["memoryRecordId"] for done in reply["successfulRecords"]] == [one, two]
    assert [(not_["memoryRecordId"], not_["errorCode"]) for not_ in reply["failedRecords"]] == [
        (one, 404),
        (three, 404),
    ]
    assert memory.texts() == ["three"]


@pytest.mark.fidelity("memory.records.iam")
def test_a_batch_is_asked_about_once_for_each_namespace(memory: LongTerm) -> None:
    (record_id,) = memory.write("one")
    memory.laptop.cloud.authorizations.clear()
    create(memory, new("a", namespaces=["/b/"]), new("b", namespaces=["/a/"]), new("c"))
    memory.data.batch_update_memory_records(
        memoryId=memory.memory_id,
        records=[
            {
                "memoryRecordId": record_id,
                "timestamp": OCCURRED,
                "sourceNamespaces": ["/own/"],
                "namespaces": ["/new/"],
            }
        ],
    )
    memory.data.batch_delete_memory_records(
        memoryId=memory.memory_id, records=[{"memoryRecordId": UNKNOWN}]
    )
    memory.data.get_memory_record(
        memoryId=memory.memory_id, memoryRecordId=record_id, namespace="/new/"
    )
    asked = [
        (one.action.partition(":")[2], one.context.get("bedrock-agentcore:namespace"))
        for one in memory.laptop.cloud.authorizations
    ]
    assert asked == [
        ("BatchCreateMemoryRecords", "/a/"),
        ("BatchCreateMemoryRecords", "/b/"),
        ("BatchCreateMemoryRecords", "/own/"),
        ("BatchUpdateMemoryRecords", "/new/"),
        ("BatchUpdateMemoryRecords", "/own/"),
        ("BatchDeleteMemoryRecords", None),
        ("GetMemoryRecord", "/new/"),
    ]
    assert {one.resource for one in memory.laptop.cloud.authorizations} == {
        f"{MEMORIES}/{memory.memory_id}"
    }


@pytest.mark.fidelity("memory.records.iam")
def test_nobody_moves_a_record_without_naming_where_it_is(memory: LongTerm) -> None:
    (record_id,) = memory.write("one", namespace="/theirs/")
    memory.laptop.cloud.authorizations.clear()
    move = {"memoryRecordId": record_id, "timestamp": OCCURRED, "namespaces": ["/own/"]}
    memory.data.batch_update_memory_records(memoryId=memory.memory_id, records=[move])
    asked = [
        one.context.get("bedrock-agentcore:namespace") for one in memory.laptop.cloud.authorizations
    ]
    assert asked == [None, "/own/"]
