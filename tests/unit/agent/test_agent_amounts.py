from decimal import Decimal

import pytest

from assistant.offline.amounts import bounds, parse_number
from assistant.offline.words import overlap, split_identifier, stem, straighten


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", "100"),
        ("1,250.50", "1250.50"),
        (".5", "0.5"),
        ("2k", "2000"),
        ("1.5k", "1500"),
        ("seven", "7"),
        ("twenty-five", "25"),
        ("a hundred", "100"),
        ("two hundred and fifty", "250"),
        ("three thousand two hundred", "3200"),
    ],
)
def test_numbers_are_read_as_digits_and_as_words(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("less than 100", ["max 100 -"]),
        ("under $100", ["max 100 dollar -"]),
        ("cheaper than a hundred bucks", ["max 100 dollar -"]),
        ("below 99 cents", ["max 99 cent -"]),
        ("< $5", ["max 5 dollar -"]),
        ("at most 100", ["max 100"]),
        ("up to $1,000", ["max 1000 dollar"]),
        ("no more than 50 dollars", ["max 50 dollar"]),
        ("not over 50", ["max 50"]),
        ("100 or less", ["max 100"]),
        ("$100 max", ["max 100 dollar"]),
        ("I have $20", ["max 20 dollar"]),
        ("over 100", ["min 100 -"]),
        ("more expensive than $5", ["min 5 dollar -"]),
        ("at least 10", ["min 10"]),
        ("no less than 10", ["min 10"]),
        ("10 or more", ["min 10"]),
        ("from $10", ["min 10 dollar"]),
        ("between 10 and 20", ["max 20", "min 10"]),
        ("between $20 and $10", ["max 20 dollar", "min 10 dollar"]),
        ("from 10 to 20 dollars", ["max 20 dollar", "min 10 dollar"]),
        ("$10-$20", ["max 20 dollar", "min 10 dollar"]),
        ("exactly $12.99", ["max 12.99 dollar", "min 12.99 dollar"]),
        ("over $10 and under $20", ["max 20 dollar -", "min 10 dollar -"]),
    ],
)
def test_comparisons_are_read_with_their_side_unit_and_edge(text: str, expected: list[str]) -> None:
    said = [
        " ".join([one.side, str(one.amount.value), one.amount.unit or "", "-" * one.exclusive])
        .replace("  ", " ")
        .strip()
        for one in bounds(text)
    ]
    assert sorted(said) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "pet-2 and pet-3",
        "pets 1 and 3",
        "pets 1 to 3",
        "under 100 euros",
        "less than £5",
        "the 2nd",
    ],
)
def test_what_is_no_amount_of_ours_is_left_alone(text: str) -> None:
    assert bounds(text) == ()


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Pets", "pet"),
        ("cats", "cat"),
        ("ponies", "pony"),
        ("boxes", "box"),
        ("fishes", "fish"),
        ("mice", "mouse"),
        ("animals", "pet"),
        ("Nemo's", "nemo"),
        ("bus", "bus"),
        ("glass", "glass"),
    ],
)
def test_stems_take_off_plurals_and_contractions(word: str, expected: str) -> None:
    assert stem(word) == expected


def test_identifiers_are_cut_at_capitals_and_separators() -> None:
    assert split_identifier("maxPriceCents") == ("max", "price", "cents")
    assert split_identifier("max_price-cents2") == ("max", "price", "cents", "2")
    assert split_identifier("HTTPServer") == ("http", "server")


def test_overlap_is_the_share_of_weighty_words_that_are_known() -> None:
    assert overlap("Which pets do you have?", "List the pets") == 1.0
    assert overlap("pet insurance", "List the pets") == 0.5
    assert overlap("the", "List the pets") == 0.0
    assert overlap("Where?", "Where to go on") == 0.0


def test_typographic_signs_become_plain_and_keep_their_place() -> None:
    assert straighten("What\N{RIGHT SINGLE QUOTATION MARK}s $5\N{EN DASH}$9") == "What's $5-$9"
