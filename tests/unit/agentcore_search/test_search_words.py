"""How text is cut up and compared: names, words, synonyms, and what a query asks for."""

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.agentcore.gateway import search
from localcloud.agentcore.gateway.search.intent import asks, reads
from localcloud.agentcore.gateway.search.texts import MAX_TEXTS, spaced, text_of
from localcloud.agentcore.gateway.search.words import MAX_WORDS, keys, units
from localcloud.agentcore.model import JsonObject

SCHEMA = {
    "type": "object",
    "properties": {
        "petId": {"type": "string", "description": "Which pet"},
        "owner": {"type": "object", "properties": {"zip_code": {"type": "string"}}},
        "tags": {"type": "array", "items": {"type": "object", "properties": {"label": {}}}},
        "odd": True,
    },
}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("get_pet_by_id", "get pet by id"),
        ("GetPetById", "get pet by id"),
        ("CRMTools", "crm tools"),
        ("list-S3Buckets", "list s3 buckets"),
        ("a__b", "a b"),
        ("", ""),
    ],
)
def test_names_are_cut_into_words(name: str, words: str) -> None:
    assert spaced(name) == words


def test_a_tool_is_read_as_a_sentence_and_by_the_words_of_its_parameters() -> None:
    text = text_of("PetStore___get_pet", "Return a pet.", SCHEMA)
    assert text.name == "get pet"
    assert text.sentence == "pet store: get pet. Return a pet."
    assert text.words.removeprefix(text.sentence) == (
        " pet id Which pet owner zip code tags label odd"
    )


def test_of_an_endless_schema_only_the_beginning_is_read() -> None:
    schema: JsonObject = {"properties": {f"p{number}": {} for number in range(MAX_TEXTS + 50)}}
    assert len(text_of("T___t", "", schema).words.split()) < MAX_TEXTS + 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("tickets", "ticket"),
        ("approve", "approving"),
        ("delivered", "delivery"),
        ("a bill", "the invoices"),
        ("money back", "refund"),
        ("signing off costs", "approve"),
        ("get rid of it", "delete"),
        ("2FA", "mfa"),
    ],
)
def test_words_for_the_same_thing_have_a_key_in_common(one: str, other: str) -> None:
    assert keys(one) & keys(other)


@pytest.mark.parametrize(("one", "other"), [("invoice", "ticket"), ("create", "delete")])
def test_words_for_other_things_have_none(one: str, other: str) -> None:
    assert not keys(one) & keys(other)


def test_words_that_say_nothing_are_left_out() -> None:
    assert units("What is it that you would have been?") == []


@given(st.text())
def test_any_text_can_be_cut_up(text: str) -> None:
    assert len(keys(text)) >= len({unit[0] for unit in units(text)}) - 1


def test_of_a_long_text_only_the_beginning_is_looked_at() -> None:
    assert len(units(" ".join(f"word{n}x" for n in range(1000)))) == MAX_WORDS


def test_no_line_of_synonyms_names_a_thing_twice_or_alone() -> None:
    text = (resources.files(search) / "synonyms.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    assert all(len(set(line)) == len(line) >= 2 for line in lines)


@pytest.mark.parametrize(
    "query", ["Who has not paid?", "which way", "find the file", " is it up", "how many are left"]
)
def test_a_question_asks(query: str) -> None:
    assert asks(query)


@pytest.mark.parametrize(
    "query", ["cancel it", "how do I cancel it", "how to cancel", "whole order", "issue a refund"]
)
def test_an_order_does_not(query: str) -> None:
    assert not asks(query)


def test_a_tool_reads_by_its_verb() -> None:
    assert reads("get invoice")
    assert not reads("create invoice")
    assert not reads("getaway booking")
