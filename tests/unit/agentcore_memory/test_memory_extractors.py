import json
import re
from xml.sax.saxutils import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from localcloud.agentcore.memory.extraction.episodes import Episodes, assessment_of, exchanges
from localcloud.agentcore.memory.extraction.model import Heard, Turn
from localcloud.agentcore.memory.extraction.preferences import Preferences, preference_in
from localcloud.agentcore.memory.extraction.semantic import Facts, slot_of, statements
from localcloud.agentcore.memory.extraction.sentences import (
    MOST_BY_FAR,
    content_words,
    numbers,
    sentences,
    shortened,
    words,
)
from localcloud.agentcore.memory.extraction.summaries import MAX_CHARACTERS, Summaries
from tests.support.memory_known import KnownRecords

CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"


def user(text: str) -> Turn:
    return Turn("USER", text)


def assistant(text: str) -> Turn:
    return Turn("ASSISTANT", text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Dr. Smith is here. Hello.", ["Dr. Smith is here.", "Hello."]),
        ("first\nsecond\n\n", ["first", "second"]),
        ("It costs 3.50 euros.", ["It costs 3.50 euros."]),
        ("", []),
    ],
)
def test_texts_are_split_into_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_of_a_very_long_text_only_so_many_sentences_are_looked_at() -> None:
    assert len(sentences("I am here. " * 9_000)) == MOST_BY_FAR


def test_words_and_numbers_say_what_a_text_is_about() -> None:
    assert content_words("How do I reset the password of my password app?") == [
        "reset",
        "password",
        "app",
    ]
    assert numbers("Invoice 4711 of 2026-01-02") == {"4711", "2026", "01", "02"}
    assert shortened("a  b\nc") == "a b c"
    assert shortened("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("I live in Munich.", ["I live in Munich."]),
        ("My name is Ann and I live in Rome.", ["My name is Ann", "I live in Rome."]),
        ("The payment service failed at 14:02.", ["The payment service failed at 14:02."]),
        ("It was Anthony who called.", ["It was Anthony who called."]),
        (f"I{CURLY}m from Spain originally.", [f"I{CURLY}m from Spain originally."]),
        ("Where do I live?", []),
        ("Can you help me with my order 4711", []),
        ("Please send order 4711 to Ann.", []),
        ("Thanks for telling me.", []),
        ("I have a question about this.", []),
        (f"I{CURLY}d like to know my balance.", []),
        ("It is raining outside.", []),
        ("I see.", []),
    ],
)
def test_statements_are_told_from_what_is_only_said(sentence: str, expected: list[str]) -> None:
    assert statements(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "slot"),
    [
        ("My name is Ann.", "name"),
        ("Call me Ann.", "name"),
        ("my work email is ann@example.com", "work email"),
        ("I live in Munich.", "home"),
        ("I've just moved to Berlin.", "home"),
        (f"I{CURLY}m living in Rome now.", "home"),
        ("I work at Siemens.", "employer"),
        ("I joined Siemens in 2020.", "employer"),
        ("I am 41 years old.", "age"),
        ("We switched to the Enterprise plan.", "plan"),
        ("I used to live in Paris.", None),
        ("I moved to dismiss the case.", None),
        ("My order number is 4711.", None),
        ("My dog is old.", None),
    ],
)
def test_a_person_has_some_things_but_once(sentence: str, slot: str | None) -> None:
    assert slot_of(sentence) == slot


async def test_a_fact_quotes_the_user_and_nobody_else() -> None:
    heard = Heard("ann", "s", (user("I own two cats. What now?"), assistant("I own a dog.")))
    (fact,) = await Facts().extract(heard, KnownRecords())
    assert (fact.text, fact.meaning) == ('The user said: "I own two cats."', "I own two cats.")


@pytest.mark.parametrize(
    ("sentence", "said", "about"),
    [
        ("I like tea a lot.", "Likes tea", "tea"),
        ("I really love the sea.", "Loves the sea", "sea"),
        ("I don't like tea anymore", "Does not like tea", "tea"),
        (f"I can{CURLY}t stand tea", "Does not like tea", "tea"),
        ("I prefer trains because they are quiet.", "Prefers trains", "trains"),
        ("I'd rather sit at the window.", "Prefers sit at the window", "sit at the window"),
        ("My favourite colour is blue.", "Favourite colour: blue", "colour"),
        ("I'm a vegetarian.", "Is vegetarian", "vegetarian"),
        ("Please always answer in German.", "Asks to always answer in German", "answer in german"),
    ],
)
def test_preferences_are_restated_with_the_users_own_words(
    sentence: str, said: str, about: str
) -> None:
    preference = preference_in(sentence)
    assert preference is not None
    assert (preference.said, preference.about) == (said, about)


@pytest.mark.parametrize(
    "sentence",
    ["I would like to order two pizzas", "It looks like rain", "I like your idea", "Tea."],
)
def test_a_wish_or_a_remark_is_no_preference(sentence: str) -> None:
    assert preference_in(sentence) is None


async def test_a_summary_never_outgrows_a_record_and_keeps_what_is_newest() -> None:
    summaries, known = Summaries(), KnownRecords()
    for number in range(120):
        text = f"topic{number} subject{number} & <matter{number}> " * 20
        heard = Heard("ann", "s", (user(text), assistant(text)))
        (found,) = await summaries.extract(heard, known)
        known.learn(found)
        assert 0 < len(found.text) <= MAX_CHARACTERS
    assert "topic119" in found.text
    assert "topic0 " not in found.text


async def test_one_endless_topic_fits_into_a_record() -> None:
    summaries = Summaries()
    text = "&&&& password <<<< " * 400
    turns = tuple(user(text) for _ in range(100))
    (found,) = await summaries.extract(Heard("ann", "s", turns), KnownRecords())
    assert 0 < len(found.text) <= MAX_CHARACTERS


async def test_nothing_is_found_where_nothing_was_said() -> None:
    silence = Heard("ann", "s", ())
    for extractor in (Facts(), Summaries(), Episodes()):
        assert list(await extractor.extract(silence, KnownRecords())) == []


def test_feedback_belongs_to_the_exchange_before_it() -> None:
    earlier = (user("How?"), assistant("So."))
    first, second = exchanges(earlier, (user("Thanks, it worked!"), user("And why?")))
    assert (first.asked, first.answered, first.feedback) == (
        ["How?"],
        ["So."],
        "Thanks, it worked!",
    )
    assert first.is_new
    assert (second.asked, second.answered) == (["And why?"], [])


@pytest.mark.parametrize(
    ("feedback", "assessment"),
    [
        (None, "Unknown"),
        ("Thanks!", "Yes"),
        (f"That doesn{CURLY}t work", "No"),
        ("Thanks, but it did not help", "No"),
    ],
)
def test_what_came_of_an_exchange_is_what_the_user_says(
    feedback: str | None, assessment: str
) -> None:
    assert assessment_of(feedback) == assessment


def test_who_asks_for_more_gives_no_feedback() -> None:
    turns = (user("How?"), assistant("So."), user("Thanks! And how do I do the other thing?"))
    assert len(exchanges((), turns)) == 2


SAYINGS = some.sampled_from(
    (
        "I live in Munich.",
        "My favourite colour is <blue> & green",
        "I prefer email over phone calls, because they ring.",
        "Thanks, that worked!",
        'He said "I like tea" and I do not like tea anymore.',
        "The pool had 5 connections; my name is Ann Miller.",
        "How do I reset my password?",
        "Please never call me.\nWe switched to the Enterprise plan",
    )
)
TALKS = some.lists(
    some.builds(
        Turn,
        some.sampled_from(("USER", "ASSISTANT")),
        some.lists(some.one_of(SAYINGS, some.text(max_size=30)), min_size=1, max_size=3).map(
            " ".join
        ),
    ),
    max_size=6,
)
QUOTE = re.compile(r'(?:said|before, the user said): "(.*)"(?:</\w+>)?$', re.MULTILINE)


def one_line(text: str) -> str:
    return " ".join(text.split())


@settings(deadline=None)
@given(TALKS)
async def test_nothing_is_quoted_that_was_not_said(turns: list[Turn]) -> None:
    everything = one_line(" ".join(turn.text for turn in turns))
    heard = Heard("ann", "s", tuple(turns))
    for extractor in (Facts(), Summaries(), Episodes()):
        for found in await extractor.extract(heard, KnownRecords()):
            quoted = QUOTE.findall(unescape(found.text))
            assert quoted
            for quote in quoted:
                parts = [one_line(part) for part in sentences(quote.removesuffix("…"))]
                assert all(part in everything for part in parts), quote


@settings(deadline=None)
@given(TALKS)
async def test_a_preference_has_no_word_that_was_not_said_but_those_that_restate_it(
    turns: list[Turn],
) -> None:
    ours = {"likes", "loves", "prefers", "favourite", "is", "does", "not", "like", "asks", "to"}
    said = set(words(" ".join(turn.text for turn in turns)))
    heard = Heard("ann", "s", tuple(turns))
    for found in await Preferences().extract(heard, KnownRecords()):
        content = json.loads(found.text)
        assert content.keys() == {"context", "preference", "categories"}
        assert set(words(content["preference"])) <= said | ours
