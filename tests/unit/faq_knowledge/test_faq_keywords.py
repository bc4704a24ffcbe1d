import math

import pytest

from faq.keywords import key_words, postings, shared

BY_WORD = postings(["Roaming in Spain", "Roaming in Peru, again roaming", "Bills"])


def test_key_words_have_neither_endings_nor_little_words() -> None:
    assert key_words("What do the bills of calling cost?") == {"bill", "call", "price"}


def test_a_word_leads_to_the_texts_that_have_it() -> None:
    assert BY_WORD["roam"] == [0, 1]
    assert BY_WORD["bill"] == [2]


def test_texts_have_the_share_of_a_querys_weight_that_their_words_make() -> None:
    common, rare, missing = math.log(4 / 2.5), math.log(4 / 1.5), math.log(4 / 0.5)
    total = common + rare + missing

    found = shared("Roaming in Spain with zebras", BY_WORD, 3)

    assert found.tolist() == pytest.approx([(common + rare) / total, common / total, 0])


@pytest.mark.parametrize("query", ["", "what is it?", "..."])
def test_a_query_without_key_words_shares_nothing(query: str) -> None:
    assert shared(query, BY_WORD, 3).tolist() == [0, 0, 0]
