"""The SDK's clients of long-term memory, as they are."""

from typing import Any

import boto3
import pytest

from tests.support.memory_plane import OCCURRED, MemoryLaptop
from tests.support.memory_sdk import (
    ConversationalMessage,
    MemoryClient,
    MemorySessionManager,
    MessageRole,
)

FACTS = "/facts/ann/"


@pytest.fixture
def memory_id(laptop: MemoryLaptop, sdk: MemoryClient) -> str:
    strategy = {"name": "Facts", "namespaceTemplates": ["/facts/{actorId}/"]}
    strategies = [{"semanticMemoryStrategy": strategy}]
    memory = sdk.create_memory(name="Sdk", strategies=strategies, event_expiry_days=30)
    laptop.settle()
    memory_id: str = memory["id"]
    return memory_id


@pytest.mark.fidelity("memory.clients.sdk")
def test_the_memory_client_retrieves_what_was_said(
    laptop: MemoryLaptop, sdk: MemoryClient, memory_id: str
) -> None:
    said = [("I live in Munich.", "USER"), ("Servus!", "ASSISTANT")]
    ann: dict[str, Any] = {"memory_id": memory_id, "actor_id": "ann", "session_id": "monday"}
    sdk.create_event(**ann, messages=said, event_timestamp=OCCURRED)
    laptop.settle()
    query = "Where is the user's home?"
    found = sdk.retrieve_memories(memory_id=memory_id, namespace=FACTS, query=query)
    assert [one["content"]["text"] for one in found] == ['The user said: "I live in Munich."']
    below = sdk.retrieve_memories(memory_id=memory_id, namespace_path="/facts/", query=query)
    assert [one["memoryRecordId"] for one in below] == [found[0]["memoryRecordId"]]
    assert sdk.wait_for_memories(memory_id=memory_id, namespace=FACTS, test_query=query)


@pytest.mark.fidelity("memory.clients.sdk")
def test_the_session_manager_searches_lists_and_deletes_records(
    laptop: MemoryLaptop, session: boto3.Session, memory_id: str
) -> None:
    manager = MemorySessionManager(memory_id=memory_id, boto3_session=session)
    with laptop.bridged(manager._data_plane_client):
        monday = manager.create_memory_session(actor_id="ann", session_id="monday")
        for text in ("I live in Munich.", "I own two cats.", "I work at Siemens."):
            monday.add_turns([ConversationalMessage(text, MessageRole.USER)])
        laptop.settle()
        (found,) = monday.search_long_term_memories("pets", namespace=FACTS, top_k=1)
        assert "two cats" in found["content"]["text"]
        records = monday.list_long_term_memory_records(namespace_path="/facts/")
        assert len(records) == 3
        record_id = records[0]["memoryRecordId"]
        assert monday.get_memory_record(record_id)["memoryRecordId"] == record_id
        monday.delete_memory_record(record_id)
        deleted = manager.delete_all_long_term_memories_in_namespace(FACTS)
        assert len(deleted["successfulRecords"]) == 2
        assert monday.list_long_term_memory_records(namespace=FACTS) == []
