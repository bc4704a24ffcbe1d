import json
import re
import string
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage, SystemMessage

from agent.brain import MAX_PAGES, OfflineChat
from agent.gateway import Tool
from agent.offline.focus import Focus
from agent.offline.quoting import Answered, quote
from agent.offline.words import word_set
from tests.support.agent_tools import (
    GET_PET,
    LIST_PETS,
    PETS,
    as_openai,
    bare,
    converse,
    pet_tools,
    writing_tools,
)

NEMO = "Nemo (fish) costs $12.99. A cheerful clownfish. Pet id: pet-3."
WHISKERS = "Whiskers (cat) costs $99.50. A calm cat. Pet id: pet-2."
BUDDY = "Buddy (dog) costs $249.99. A friendly golden retriever. Pet id: pet-1."
LINES = {
    "nemo": "- Nemo (fish): $12.99",
    "whiskers": "- Whiskers (cat): $99.50",
    "buddy": "- Buddy (dog): $249.99",
}
CANNOT = "I cannot help with that. What I can do: list pets, get pet by id."


def found(*names: str) -> str:
    count = f"I found {len(names)} pet{'s' if len(names) > 1 else ''}:"
    return "\n".join([count, *(LINES[one] for one in names)])


ALL = found("nemo", "whiskers", "buddy")


@pytest.mark.parametrize(
    ("question", "arguments", "answer"),
    [
        ("What pets do you have?", {}, ALL),
        ("what animals do you have", {}, ALL),
        ("Please list every pet.", {}, ALL),
        ("How many pets do you have?", {}, ALL),
        ("What kinds of pets do you have?", {}, ALL),
        ("Hi! What pets do you have?", {}, ALL),
        ("Which pets cost less than 100?", {"maxPriceCents": "9999"}, found("nemo", "whiskers")),
        ("Which pets cost less than $100?", {"maxPriceCents": "9999"}, found("nemo", "whiskers")),
        ("anything cheaper than $99.50 in pets?", {"maxPriceCents": "9949"}, found("nemo")),
        ("WHICH PETS COST AT MOST 99.50", {"maxPriceCents": "9950"}, found("nemo", "whiskers")),
        (
            "show all pets under a hundred bucks",
            {"maxPriceCents": "9999"},
            found("nemo", "whiskers"),
        ),
        ("pets over 100 dollars", {"minPriceCents": "10001"}, found("buddy")),
        ("pets for at least $99.50", {"minPriceCents": "9950"}, found("whiskers", "buddy")),
        (
            "Which pets are between 10 and 100 dollars?",
            {"minPriceCents": "1000", "maxPriceCents": "10000"},
            found("nemo", "whiskers"),
        ),
        (
            "Which pets are under 5 dollars?",
            {"maxPriceCents": "499"},
            "I found no pets (max price: $4.99).",
        ),
        ("Do you have any cats?", {"type": "cat"}, found("whiskers")),
        ("Any kittens?", {"type": "cat"}, found("whiskers")),
        ("I am looking for a dog", {"type": "dog"}, found("buddy")),
        ("Do you have a bird?", {"type": "bird"}, "I found no pets (type: bird)."),
        ("How much do dogs cost?", {"type": "dog"}, found("buddy")),
        ("Do you have friendly dogs?", {"type": "dog"}, found("buddy")),
        ("Which pets are friendly?", {}, found("buddy")),
        (
            "Find me a pet for 100 dollars or less",
            {"maxPriceCents": "10000"},
            found("nemo", "whiskers"),
        ),
        (
            "What dogs cost over $100?",
            {"type": "dog", "minPriceCents": "10001"},
            found("buddy"),
        ),
        (
            "Show me the first 2 pets",
            {"pageSize": "2"},
            found("nemo", "whiskers") + "\nThere are more pets than I have read.",
        ),
        ("How much is Nemo?", {}, NEMO),
        ("how much is nemo", {}, NEMO),
        (
            "What\N{RIGHT SINGLE QUOTATION MARK}s Nemo\N{RIGHT SINGLE QUOTATION MARK}s price?",
            {},
            NEMO,
        ),
        ("Who is Buddy?", {}, BUDDY),
        ("Tell me about Nemo and Buddy", {}, f"{NEMO}\n{BUDDY}"),
        ("Is Nemo a fish?", {"type": "fish"}, NEMO),
        ("How much is Rex?", {}, 'I found nothing called "Rex" among the pets.'),
        ("Which is the cheapest pet?", {}, NEMO),
        ("What's the most expensive pet you have?", {}, BUDDY),
        ("the two cheapest pets", {}, f"{NEMO}\n{WHISKERS}"),
        ("Which pets are not cats?", {}, found("nemo", "buddy")),
        ("What pets do you have for my kids?", {}, f'Nothing here mentions "kids".\n{ALL}'),
        (
            "Which pets cost less than 100 euros?",
            {},
            f'Nothing here mentions "100" or "euros".\n{ALL}',
        ),
    ],
)
def test_a_question_about_several_pets_lists_them(
    question: str, arguments: dict[str, str], answer: str
) -> None:
    calls, said, _ = converse(question, pet_tools())
    assert calls == [(LIST_PETS, arguments)]
    assert said == answer


@pytest.mark.parametrize(
    ("question", "ids", "answer"),
    [
        ("Tell me about pet-2", ["pet-2"], WHISKERS),
        ("What does PET-3 cost?", ["pet-3"], NEMO),
        ("What is the price of pet-1?", ["pet-1"], BUDDY),
        ("pet three", ["pet-3"], NEMO),
        ("What is pet-1's name?", ["pet-1"], BUDDY),
        ("show me pet number 2 please", ["pet-2"], WHISKERS),
        ("show pet-1 and pet-3", ["pet-1", "pet-3"], f"{BUDDY}\n{NEMO}"),
        ("Show me pets 1, 2 and 3", ["pet-1", "pet-2", "pet-3"], f"{BUDDY}\n{WHISKERS}\n{NEMO}"),
        ("What is pet-99?", ["pet-99"], "I could not get pet by id: There is no pet pet-99."),
    ],
)
def test_an_identifier_gets_the_pet_itself(question: str, ids: list[str], answer: str) -> None:
    calls, said, _ = converse(question, pet_tools())
    assert calls == [(GET_PET, {"petId": one}) for one in ids]
    assert said == answer


def test_two_requests_in_one_sentence_are_two_calls() -> None:
    calls, said, _ = converse("Show pet-1 and list the cats", pet_tools())
    assert calls == [(GET_PET, {"petId": "pet-1"}), (LIST_PETS, {"type": "cat"})]
    assert said == f"{BUDDY}\n{found('whiskers')}"


def test_either_or_is_two_calls() -> None:
    calls, said, _ = converse("Do you have cats or dogs?", pet_tools())
    assert calls == [(LIST_PETS, {"type": "cat"}), (LIST_PETS, {"type": "dog"})]
    assert said == found("whiskers", "buddy")


@pytest.mark.parametrize(
    "question",
    [
        "What is the capital of France?",
        "What's the weather like today?",
        "Who won the World Cup?",
        "Tell me a joke",
        "What is 2+2?",
        "Write a poem about pets",
        "Where is Berlin?",
        "Do you have pet insurance?",
        "Do you sell dog food?",
        "What do cats eat?",
        "How do I reset my password?",
        "Do you have hamsters?",
        "Buy pet-1",
        "Delete pet-2",
        "please get rid of pet 2",
        "Tell me about pet-99999999999999999",
        "asdf qwer",
    ],
)
def test_what_no_tool_fits_is_refused_without_a_call(question: str) -> None:
    calls, said, _ = converse(question, pet_tools())
    assert (calls, said) == ([], CANNOT)


@pytest.mark.parametrize("question", ["Hello", "Thanks!", "What can you do?", "", "?!"])
def test_small_talk_says_what_can_be_asked(question: str) -> None:
    calls, said, _ = converse(question, pet_tools())
    assert calls == []
    assert said == "Please ask me something. What I can do: list pets, get pet by id."


def test_a_missing_required_argument_is_asked_for() -> None:
    calls, said, _ = converse("Get a pet by its id", pet_tools())
    assert (calls, said) == ([], "To get pet by id I need the pet id. Please tell me.")


def test_without_tools_nothing_is_answered() -> None:
    calls, said, _ = converse("What pets do you have?", ())
    assert (calls, said) == ([], "I cannot help with that. I have no tools to answer with.")


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


def test_pages_are_followed_until_the_name_is_found() -> None:
    herd = [{**PETS[0], "petId": f"pet-{n}", "name": f"Fish{n}"} for n in range(50)]
    calls, said, _ = converse("How much is Nemo?", pet_tools(), pets=[*herd, PETS[0]])
    assert calls == [
        (LIST_PETS, {}),
        (LIST_PETS, {"nextToken": "20"}),
        (LIST_PETS, {"nextToken": "40"}),
    ]
    assert said == NEMO


def test_following_pages_has_an_end() -> None:
    herd = [{**PETS[0], "petId": f"pet-{n}", "name": f"Fish{n}"} for n in range(500)]
    calls, said, _ = converse("How much is Nemo?", pet_tools(), pets=herd)
    assert len(calls) == MAX_PAGES
    assert said.startswith('I found nothing called "Nemo"')
    assert said.endswith("There are more pets than I have read.")


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


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("no JSON at all", "no JSON at all"),
        ('{"pets": []}', "I found no pets."),
        ('[{"sku": 7, "left": true}]', "I found 1 result:\n- sku: 7, left: True"),
        ('{"petId": "pet-1", "tags": ["a"]}', "petId: pet-1"),
        ("{}", "I found nothing."),
        ("7", "7"),
    ],
)
def test_results_of_other_shapes_are_quoted_too(result: str, said: str) -> None:
    assert quote([Answered("list pets", {}, result, is_error=False)], Focus()) == said


WORDS = st.text(string.ascii_letters, min_size=1, max_size=12)
RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "petId": st.from_regex(r"pet-[0-9a-z]{1,12}", fullmatch=True),
            "name": st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
            "type": st.sampled_from(["bird", "cat", "dog", "fish", "rabbit"]),
            "priceCents": st.integers(0, 100_000_000),
        },
        optional={"description": st.text(max_size=60), "version": st.integers(1, 9)},
    ),
    max_size=25,
)
ASKED = st.sampled_from(
    [
        "What pets do you have?",
        "Which pets cost less than 100?",
        "Do you have any cats?",
        "Tell me about pet-1",
        "How much is Nemo?",
        "Which is the cheapest pet?",
        "Which pets are not dogs?",
        "What pets do you have for my kids?",
        "Do you have friendly dogs and cats?",
        "Show me the first 3 pets",
    ]
)
OURS = word_set(
    """
    i found pet pets no nothing here mentions called among the there are more than have read costs
    id type max price page size could not get by is
    """
)


def tokens_of(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+", text.lower()))


def dollars(results: list[str]) -> set[str]:
    """Every amount of cents in the results, as it reads in dollars."""
    cents = re.findall(r'"\w*Cents": (\d+)', " ".join(results))
    return {f"${int(one) / 100:,.2f}" for one in cents}


@given(pets=RECORDS, question=ASKED)
def test_an_answer_holds_nothing_that_is_not_in_the_results(
    pets: list[dict[str, Any]], question: str
) -> None:
    calls, said, results = converse(question, pet_tools(), pets=pets)

    prices = set(re.findall(r"\$[\d,]+\.\d\d", said))
    asked = {
        f"${int(value) / 100:,.2f}"
        for _, args in calls
        for key, value in args.items()
        if "Cents" in key
    }
    assert prices - asked <= dollars(results)

    counts = {str(number) for number in range(len(pets) + 1)} if "I found" in said else set()
    known = tokens_of(" ".join(str(v) for r in results for v in values(json.loads(r))))
    rest = tokens_of(re.sub(r"\$[\d,]+\.\d\d", "", said)) - known - OURS - tokens_of(question)
    rest -= tokens_of(json.dumps(calls))
    assert rest <= counts


def values(result: object) -> list[Any]:
    if isinstance(result, dict):
        return [leaf for one in result.values() for leaf in values(one)]
    return (
        [leaf for one in result for leaf in values(one)] if isinstance(result, list) else [result]
    )


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
