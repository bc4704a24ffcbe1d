"""What is read of a tool."""

import pytest

from localcloud.agentcore.gateway.search.texts import sentence_of, spaced


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


def test_a_tool_is_read_as_a_sentence() -> None:
    assert sentence_of("PetStore___get_pet", "Return a pet.") == "pet store: get pet. Return a pet."
