"""Refusals: a status for each, and nothing in them or the log that a caller sent."""

import json

import pytest

from petstore.errors import PetStoreError
from petstore.refusals import STATUS, parse_object


def test_every_refusal_has_a_status() -> None:
    assert set(STATUS) == set(PetStoreError.__subclasses__())


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [refusal.code for refusal in STATUS]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "1", '"a"', "[" * 100_000, '{"a":' + "9" * 5000 + "}"]
)
def test_a_body_that_is_no_json_object_is_a_decode_error(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        parse_object(text)
