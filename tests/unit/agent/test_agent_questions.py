"""What people ask about pets, and what the offline model answers."""

import pytest

from assistant.brain import MAX_PAGES
from tests.support.agent_tools import (
    GET_PET,
    LIST_PETS,
    PETS,
    converse,
    pet_tools,
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
