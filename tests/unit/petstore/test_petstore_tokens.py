"""Opaque tokens."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petstore import tokens
from petstore.errors import BadNextToken
from petstore.pets import Filters, Position

CHEAP = Filters(max_price_cents=10_000)
PLACE = Position(1999, "pet-3")


def test_a_token_leads_back_to_its_position() -> None:
    assert tokens.decode(tokens.encode(PLACE, CHEAP), CHEAP) == PLACE


def test_a_token_needs_no_escaping_in_a_url() -> None:
    token = tokens.encode(Position(100_000_000, "pet-zzzzzzzzzzzz"), CHEAP)
    assert len(token) <= 512
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(st.text(max_size=512))
def test_whatever_is_not_a_token_is_refused(text: str) -> None:
    with pytest.raises(BadNextToken):
        tokens.decode(text, CHEAP)


@pytest.mark.parametrize(
    "content", [[], {}, None, [1, "pet-1"], ["1", "pet-1", "x"], [1, "pet-1", "00000000"], 1]
)
def test_a_forged_token_is_refused(content: object) -> None:
    forged = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    with pytest.raises(BadNextToken):
        tokens.decode(forged, CHEAP)


def test_a_token_whose_price_is_true_is_refused() -> None:
    forged = base64.b64decode(tokens.encode(Position(1, "pet-1"), CHEAP) + "==").replace(
        b"[1,", b"[true,"
    )
    with pytest.raises(BadNextToken):
        tokens.decode(base64.urlsafe_b64encode(forged).decode(), CHEAP)


@pytest.mark.fidelity("petstore.start-key-bounds")
def test_a_token_for_a_price_outside_the_filters_is_refused() -> None:
    beyond = tokens.encode(Position(10_001, "pet-1"), CHEAP)
    with pytest.raises(BadNextToken):
        tokens.decode(beyond, CHEAP)


def test_a_token_beyond_what_dynamodb_counts_is_refused() -> None:
    forged = tokens.encode(Position(10**40, "pet-1"), Filters())
    with pytest.raises(BadNextToken):
        tokens.decode(forged, Filters())


def test_a_token_with_a_key_that_is_no_pets_is_refused() -> None:
    with pytest.raises(BadNextToken):
        tokens.decode(tokens.encode(Position(1, "pet-" + "x" * 3000), CHEAP), CHEAP)
