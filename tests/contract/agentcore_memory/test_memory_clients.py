"""Clients that others wrote, as they are: the SDK's and LangGraph's checkpointer."""

from datetime import timedelta
from typing import Annotated, Any, Literal, TypedDict

import boto3
import pytest
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph_checkpoint_aws import AgentCoreMemorySaver

from tests.support.asgi import KEYS
from tests.support.memory_plane import OCCURRED, MemoryLaptop
from tests.support.memory_sdk import (
    ConversationalMessage,
    MemoryClient,
    MemorySessionManager,
    MessageRole,
)

SECOND = timedelta(seconds=1)
HI = [("Hi", "USER"), ("Hello", "ASSISTANT")]
REFUND = [("A refund?", "USER"), ("Within 30 days", "ASSISTANT")]
RETURN = [("A return?", "USER"), ("By post", "ASSISTANT")]


class State(TypedDict):
    """What the graph carries."""

    messages: Annotated[list[AnyMessage], add_messages]


@pytest.mark.fidelity("memory.clients.sdk")
def test_the_sdk_makes_finds_and_deletes_a_memory(laptop: MemoryLaptop, sdk: MemoryClient) -> None:
    memory = sdk.create_memory(name="Faq", strategies=[], event_expiry_days=30)
    laptop.settle()
    assert sdk.get_memory_status(memory["memoryId"]) == "ACTIVE"
    assert sdk.create_or_get_memory(name="Faq")["id"] == memory["id"]
    assert [one["id"] for one in sdk.list_memories()] == [memory["id"]]
    sdk.delete_memory(memory["memoryId"])
    laptop.settle()
    assert sdk.list_memories() == []


@pytest.mark.fidelity("memory.clients.sdk")
def test_the_sdk_forks_a_conversation_and_reads_it_again(sdk: MemoryClient, memory_id: str) -> None:
    ann: dict[str, Any] = {"memory_id": memory_id, "actor_id": "ann", "session_id": "monday"}
    for number, messages in enumerate((HI, REFUND)):
        event = sdk.create_event(
            **ann, messages=messages, event_timestamp=OCCURRED + number * SECOND
        )
    sdk.fork_conversation(
        **ann,
        root_event_id=event["eventId"],
        branch_name="alt",
        new_messages=RETURN,
        event_timestamp=OCCURRED + 9 * SECOND,
    )
    branches = {one["name"]: one for one in sdk.list_branches(**ann)}
    assert {name: one["eventCount"] for name, one in branches.items()} == {"main": 2, "alt": 1}
    assert branches["alt"]["rootEventId"] == event["eventId"]

    assert len(sdk.list_events(**ann)) == 3
    both = sdk.list_events(**ann, branch_name="alt", include_parent_branches=True)
    assert len(both) == 3
    newest = sdk.get_last_k_turns(**ann, k=1)
    assert [message["content"]["text"] for message in newest[0]] == ["A return?", "By post"]
    merged = sdk.merge_branch_context(**ann, branch_name="alt", include_parent=True)
    assert [one["content"] for one in merged if one["role"] == "USER"].count("A refund?") == 1


@pytest.mark.fidelity("memory.clients.sdk")
def test_the_session_manager_keeps_turns_and_milliseconds(
    laptop: MemoryLaptop, session: boto3.Session, memory_id: str
) -> None:
    manager = MemorySessionManager(memory_id=memory_id, boto3_session=session)
    with laptop.bridged(manager._data_plane_client):
        monday = manager.create_memory_session(actor_id="ann", session_id="monday")
        for number, messages in enumerate((HI, REFUND)):
            event = monday.add_turns(
                [ConversationalMessage(text, MessageRole(role)) for text, role in messages],
                event_timestamp=OCCURRED + timedelta(milliseconds=number + 1),
            )
        assert event["eventTimestamp"] == OCCURRED + timedelta(milliseconds=2)
        monday.fork_conversation(
            messages=[ConversationalMessage("A return?", MessageRole.USER)],
            root_event_id=event["eventId"],
            branch_name="alt",
        )
        assert {branch["name"] for branch in monday.list_branches()} == {"main", "alt"}
        turns = manager.get_last_k_turns("ann", "monday", k=1, branch_name="alt")
        assert [message["content"]["text"] for message in turns[0]] == ["A return?"]
        assert [one["actorId"] for one in manager.list_actors()] == ["ann"]
        assert [one["sessionId"] for one in manager.list_actor_sessions("ann")] == ["monday"]
        monday.delete_event(event["eventId"])
        assert len(monday.list_events()) == 2


def answer(state: State) -> dict[str, Any]:
    """Say how many questions there have been."""
    questions = [one for one in state["messages"] if isinstance(one, HumanMessage)]
    return {"messages": [AIMessage(f"question {len(questions)}")]}


def conversation(saver: AgentCoreMemorySaver) -> Any:  # noqa: ANN401 - LangGraph's own type
    graph = StateGraph(State)
    graph.add_node("answer", answer)
    graph.add_edge(START, "answer")
    graph.add_edge("answer", END)
    return graph.compile(checkpointer=saver)


@pytest.mark.fidelity("memory.clients.langgraph")
@pytest.mark.parametrize("layout", ["legacy", "snapshot"])
def test_langgraph_takes_a_conversation_up_again(
    laptop: MemoryLaptop, memory_id: str, layout: Literal["legacy", "snapshot"]
) -> None:
    def ask(text: str, actor: str, thread: str) -> list[str]:
        saver = AgentCoreMemorySaver(
            memory_id, region_name="us-east-1", checkpoint_format=layout, **KEYS
        )
        with laptop.bridged(saver.checkpoint_event_client.client):
            config = {"configurable": {"thread_id": thread, "actor_id": actor}}
            question = {"messages": [HumanMessage(text)]}
            state = conversation(saver).invoke(question, config)
            history = list(conversation(saver).get_state_history(config))
            assert history[0].values["messages"] == state["messages"]
        return [message.text for message in state["messages"]]

    assert ask("first", "key/ann", "t-1") == ["first", "question 1"]
    second = ask("second", "key/ann", "t-1")
    assert second == ["first", "question 1", "second", "question 2"]
    assert ask("first", "key/ann", "t-2") == ["first", "question 1"]
    assert ask("first", "key/bob", "t-1") == ["first", "question 1"]


@pytest.mark.fidelity("memory.clients.langgraph")
@pytest.mark.parametrize("layout", ["legacy", "snapshot"])
def test_langgraph_deletes_a_thread_whole(
    laptop: MemoryLaptop, memory_id: str, layout: Literal["legacy", "snapshot"]
) -> None:
    saver = AgentCoreMemorySaver(
        memory_id, region_name="us-east-1", checkpoint_format=layout, **KEYS
    )
    config = {"configurable": {"thread_id": "t-1", "actor_id": "ann"}}
    with laptop.bridged(saver.checkpoint_event_client.client):
        conversation(saver).invoke({"messages": [HumanMessage("first")]}, config)
        assert laptop.count("events") > 0
        saver.delete_thread("t-1", "ann")
    assert laptop.count("events") == 0
