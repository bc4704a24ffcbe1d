import pytest

from tests.support.memory_plane import MEMORIES, Chat, Client, MemoryLaptop

KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/k"


@pytest.mark.fidelity("memory.iam")
def test_each_operation_is_asked_for_on_its_memory(
    laptop: MemoryLaptop, control: Client, data: Client
) -> None:
    laptop.cloud.authorizations.clear()
    memory_id = control.create_memory(
        name="Faq", eventExpiryDuration=30, encryptionKeyArn=KEY_ARN, tags={"team": "faq"}
    )["memory"]["id"]
    laptop.settle()
    control.list_memories()
    control.get_memory(memoryId=memory_id)
    chat = Chat(data, memory_id, "ann", "monday")
    event = chat.write("Hello")
    chat.page()
    data.delete_event(**chat.names, eventId=event["eventId"])
    data.list_sessions(memoryId=memory_id, actorId="ann")
    data.list_actors(memoryId=memory_id)
    data.list_memory_records(memoryId=memory_id, namespace="/facts", memoryStrategyId="Facts-1")

    arn, tag = f"{MEMORIES}/{memory_id}", {"aws:ResourceTag/team": "faq"}
    actor = tag | {"bedrock-agentcore:actorId": "ann"}
    session = actor | {"bedrock-agentcore:sessionId": "monday"}
    created = {"bedrock-agentcore:KmsKeyArn": KEY_ARN, "aws:RequestTag/team": "faq"}
    records = tag | {
        "bedrock-agentcore:namespace": "/facts",
        "bedrock-agentcore:strategyId": "Facts-1",
    }
    assert [
        (one.action.partition(":")[2], one.resource, one.context)
        for one in laptop.cloud.authorizations
    ] == [
        ("CreateMemory", "*", created),
        ("ListMemories", "*", {}),
        ("GetMemory", arn, tag),
        ("CreateEvent", arn, session),
        ("ListEvents", arn, session),
        ("DeleteEvent", arn, session),
        ("ListSessions", arn, actor),
        ("ListActors", arn, tag),
        ("ListMemoryRecords", arn, records),
    ]


@pytest.mark.fidelity("memory.iam")
def test_whoever_may_not_is_refused_before_anything_is_said_of_the_memory(
    laptop: MemoryLaptop, chat: Chat
) -> None:
    laptop.cloud.denied.append(("bedrock-agentcore:*Event*", f"{MEMORIES}/*"))
    for memory_id in (chat.memory_id, "None-0000000000", "not an id"):
        refusing = Chat(chat.client, memory_id)
        for call in (refusing.write, refusing.page):
            with pytest.raises(chat.client.exceptions.AccessDeniedException) as error:
                call()
            assert f"{MEMORIES}/{memory_id}" in error.value.response["Error"]["Message"]
    assert laptop.count("sessions") == 0


@pytest.mark.fidelity("memory.records-without-strategies")
def test_a_memory_without_strategies_has_no_records(data: Client, memory_id: str) -> None:
    listed = data.list_memory_records(memoryId=memory_id, namespacePath="/facts")
    found = data.retrieve_memory_records(
        memoryId=memory_id, namespace="/facts", searchCriteria={"searchQuery": "refunds"}
    )
    assert listed["memoryRecordSummaries"] == found["memoryRecordSummaries"] == []
    with pytest.raises(data.exceptions.ValidationException):
        data.list_memory_records(memoryId=memory_id)
