"""Which tool the offline model calls, with which arguments; and that it never stumbles."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage, SystemMessage

from assistant.brain import OfflineChat
from assistant.gateway import Tool
from tests.support.agent_tools import (
    GET_PET,
    LIST_PETS,
    as_openai,
    bare,
    converse,
    pet_tools,
    writing_tools,
)


@pytest.mark.parametrize(
    ("question", "calls"),
    [
        ("What pets do you have?", [(LIST_PETS, {})]),
        ("Which pets cost less than 100?", [(LIST_PETS, {"maxPriceCents": "9999"})]),
        ("Do you have any cats?", [(LIST_PETS, {"type": "cat"})]),
        ("Do you have cats or dogs?", [(LIST_PETS, {"type": "cat"}), (LIST_PETS, {"type": "dog"})]),
        ("Any dogs under $300?", [(LIST_PETS, {"type": "dog", "maxPriceCents": "29999"})]),
        ("How much do dogs cost?", [(LIST_PETS, {"type": "dog"})]),
        ("What's the cheapest cat?", [(LIST_PETS, {"type": "cat"})]),
        ("Tell me about pet-2", [(GET_PET, {"petId": "pet-2"})]),
        ("What is the price of pet-1?", [(GET_PET, {"petId": "pet-1"})]),
        ("How much is Nemo?", [(LIST_PETS, {})]),
        ("What is the capital of France?", []),
        ("Tell me a joke", []),
        ("What time is it?", []),
    ],
)
def test_names_and_types_alone_are_enough_to_route(
    question: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    made, _, _ = converse(question, [bare(one) for one in pet_tools()])
    assert made == calls


@pytest.mark.parametrize(
    ("question", "calls"),
    [
        ("please delete pet-2", [("PetStoreTarget___DeletePet", {"petId": "pet-2"})]),
        ("Can you remove pet-3?", [("PetStoreTarget___DeletePet", {"petId": "pet-3"})]),
        (
            "delete pet-1 and show pet-2",
            [("PetStoreTarget___DeletePet", {"petId": "pet-1"}), (GET_PET, {"petId": "pet-2"})],
        ),
        (
            "Add a dog named Rex for $40",
            [("PetStoreTarget___CreatePet", {"name": "Rex", "priceCents": 4000, "type": "dog"})],
        ),
    ],
)
def test_a_writing_tool_is_called_on_an_order_with_its_verb(
    question: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    model = OfflineChat().bind_tools([as_openai(o) for o in (*pet_tools(), *writing_tools())])
    said = model.invoke([HumanMessage(question)])
    assert [(one["name"], one["args"]) for one in said.tool_calls] == calls


@pytest.mark.parametrize(
    "question",
    [
        "Tell me about pet-2",
        "did you delete pet-2?",
        "Don't delete pet-2",
        "Is it a good idea to delete pet-1?",
        "How do I delete pet-2?",
        "Which pets were deleted?",
        "I lost pet-2",
        "delete everything",
        "create a pet called Milo",
    ],
)
def test_nothing_is_written_without_an_order_and_all_it_needs(question: str) -> None:
    model = OfflineChat().bind_tools([as_openai(o) for o in (*pet_tools(), *writing_tools())])
    said = model.invoke([HumanMessage(question)])
    assert {one["name"] for one in said.tool_calls} <= {LIST_PETS, GET_PET}


def test_a_tool_of_another_target_is_routed_by_its_own_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"ticketNumber": {"type": "integer"}, "maxResults": {"type": "integer"}},
        "required": ["ticketNumber"],
    }
    tools = (*pet_tools(), Tool("Desk___GetTicket", "Get one support ticket", schema))
    model = OfflineChat().bind_tools([as_openai(one) for one in tools])
    said = model.invoke([HumanMessage("Show me ticket 42")])
    assert [(o["name"], o["args"]) for o in said.tool_calls] == [
        ("Desk___GetTicket", {"ticketNumber": 42})
    ]


def test_numbers_take_the_type_of_the_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"maxPrice": {"type": "number"}, "limit": {"type": "integer"}},
    }
    tool = Tool("Shop___ListToys", "List toys by price", schema)
    model = OfflineChat().bind_tools([as_openai(tool)])
    said = model.invoke([HumanMessage("Show me the top 3 toys under $20")])
    assert said.tool_calls[0]["args"] == {"maxPrice": 19.99, "limit": 3}


def test_the_last_question_counts_and_instructions_are_no_question() -> None:
    model = OfflineChat().bind_tools([as_openai(one) for one in pet_tools()])
    said = model.invoke(
        [
            SystemMessage("List the pets"),
            HumanMessage("What pets do you have?"),
            HumanMessage("Hello"),
        ]
    )
    assert said.tool_calls == []


def test_another_similarity_can_be_put_in() -> None:
    model = OfflineChat(similarity=lambda question, document: 0.0)
    said = model.bind_tools([as_openai(one) for one in pet_tools()]).invoke("Any pets?")
    assert said.tool_calls == []


def test_a_tool_cannot_be_forced() -> None:
    with pytest.raises(ValueError, match="chooses for itself"):
        OfflineChat().bind_tools([], tool_choice="any")


@given(st.text(max_size=200))
def test_no_text_makes_it_stumble_or_write(question: str) -> None:
    model = OfflineChat().bind_tools([as_openai(o) for o in (*pet_tools(), *writing_tools())])
    said = model.invoke([HumanMessage(question)])
    assert said.text or said.tool_calls


@pytest.mark.parametrize("part", ["one ", "a hundred ", "pet 1, ", "1 and ", "please ", "Aa "])
def test_a_long_question_takes_no_long_time(part: str) -> None:
    model = OfflineChat().bind_tools([as_openai(one) for one in pet_tools()])
    start_s = time.process_time()
    model.invoke([HumanMessage(part * 1000)])
    assert time.process_time() - start_s < 3
