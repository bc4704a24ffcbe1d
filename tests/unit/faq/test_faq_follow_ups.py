import pytest

from faq.entry import Hit
from faq.follow_ups import aspect_of, is_follow_up, merge, telling
from tests.support.faq import FIBRE, PLANS, ROAMING, ROAMING_PRICE, ROAMING_USA


@pytest.mark.parametrize(
    "question",
    [
        "And how much does that cost?",
        "what about abroad?",
        "How do I set it up?",
        "Are they insured?",
        "in Spain?",
        "Why?",
        "WHAT IF I AM LATE WITH THE PAYMENT OF MY BILL",
    ],
)
def test_it_points_back_or_leaves_something_out(question: str) -> None:
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question", ["", "?", "How do I activate roaming in Spain?", "Android phones with eSIM support"]
)
def test_it_stands_alone(question: str) -> None:
    assert not is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    [
        "How much is it?",
        "how long does that take",
        "Is it free?",
        "Does it cost extra?",
        "Do I have to pay for that?",
        "How much is that a month?",
        "when?",
    ],
)
def test_it_asks_only_for_an_aspect(question: str) -> None:
    assert aspect_of(question)
    assert is_follow_up(question)


@pytest.mark.parametrize(
    "question",
    ["", "Thanks!", "How much does roaming cost?", "When will I get my bill?", "Who is it?"],
)
def test_it_asks_for_something_else(question: str) -> None:
    assert aspect_of(question) is None


def test_an_entry_that_both_searches_find_is_better_than_one_that_one_finds() -> None:
    alone = [Hit(FIBRE, 0.5), Hit(ROAMING_PRICE, 0.4)]
    with_topic = [Hit(ROAMING, 0.9), Hit(ROAMING_PRICE, 0.7)]
    merged = merge("And in Europe?", ROAMING.question, alone, with_topic)
    assert merged == (Hit(ROAMING_PRICE, 0.7), Hit(FIBRE, 0.5))


def test_the_entry_of_the_topic_is_not_near_for_that_alone() -> None:
    alone = [Hit(FIBRE, 0.5), Hit(ROAMING, 0.4)]
    with_topic = [Hit(ROAMING, 0.9), Hit(FIBRE, 0.5)]
    merged = merge("And does it come with a router?", ROAMING.question, alone, with_topic)
    assert merged == (Hit(FIBRE, 0.5), Hit(ROAMING, 0.4))


def test_the_entry_of_the_topic_counts_if_it_has_the_words() -> None:
    merged = merge("Before the holiday?", ROAMING.question, [], [Hit(ROAMING, 0.9)])
    assert merged == (Hit(ROAMING, 0.9),)


def test_an_off_topic_question_gets_nothing_from_the_topic_before_it() -> None:
    assert merge("And who is your CEO?", ROAMING.question, [], [Hit(ROAMING, 0.9)]) == ()


def test_a_word_that_an_entry_has_will_do_for_the_search_that_misses_it() -> None:
    with_topic = [Hit(ROAMING_PRICE, 0.8), Hit(ROAMING_USA, 0.7)]
    merged = merge("And in the USA?", ROAMING.question, [], with_topic)
    assert merged == (Hit(ROAMING_USA, 0.7),)


def test_a_new_question_that_only_looks_like_a_follow_up_keeps_its_own_answer() -> None:
    alone, with_topic = [Hit(PLANS, 0.9)], [Hit(ROAMING, 0.8)]
    merged = merge("And which plans do you offer?", ROAMING.question, alone, with_topic)
    assert merged[0] == Hit(PLANS, 0.9)


def test_an_aspect_is_told_by_entries_of_the_topic_that_have_it() -> None:
    price = aspect_of("How much is it?")
    assert price
    with_topic = [Hit(ROAMING, 0.9), Hit(ROAMING_USA, 0.6), Hit(ROAMING_PRICE, 0.5)]
    alone = [Hit(FIBRE, 0.7), Hit(ROAMING_PRICE, 0.5)]
    found = telling(price, ROAMING.question, alone, [*with_topic, Hit(FIBRE, 0.4)])
    assert found == (Hit(ROAMING_PRICE, 0.5), Hit(ROAMING_USA, 0.6))
