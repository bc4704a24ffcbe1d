import pytest

from faq.entry import Hit
from faq.follow_ups import is_follow_up, merge
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


def test_an_entry_that_both_searches_find_is_better_than_one_that_one_finds() -> None:
    alone = [Hit(FIBRE, 0.5), Hit(ROAMING_PRICE, 0.4)]
    with_topic = [Hit(ROAMING, 0.9), Hit(ROAMING_PRICE, 0.7)]
    merged = merge("And how much does that cost?", alone, with_topic)
    assert merged == (Hit(ROAMING_PRICE, 0.7), Hit(FIBRE, 0.5))


def test_an_off_topic_question_gets_nothing_from_the_topic_before_it() -> None:
    assert merge("And who is your CEO?", [], [Hit(ROAMING, 0.9)]) == ()


def test_a_word_that_an_entry_has_will_do_for_the_search_that_misses_it() -> None:
    with_topic = [Hit(ROAMING_PRICE, 0.8), Hit(ROAMING_USA, 0.7)]
    assert merge("And in the USA?", [], with_topic) == (Hit(ROAMING_USA, 0.7),)


def test_a_new_question_that_only_looks_like_a_follow_up_keeps_its_own_answer() -> None:
    merged = merge("And which plans do you offer?", [Hit(PLANS, 0.9)], [Hit(ROAMING, 0.8)])
    assert merged[0] == Hit(PLANS, 0.9)
