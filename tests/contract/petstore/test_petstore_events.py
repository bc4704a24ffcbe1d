"""Every sample event of the API comes out as its expectation says."""

import json
from pathlib import Path
from typing import Any

import pytest

from petstore.app import lambda_handler
from petstore.store import PetTable
from tests.support.expectations import differences
from tests.support.petstore import Context
from tests.support.template import ROOT, template

EVENTS = ROOT / "events"


def cases(folder: str) -> list[Path]:
    found = (EVENTS / folder).glob("*.json")
    return sorted(path for path in found if not path.name.endswith(".expected.json"))


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    return json.loads(path.read_text()), json.loads(path.with_suffix(".expected.json").read_text())


@pytest.mark.parametrize("path", cases("petstore"), ids=lambda path: path.stem)
def test_an_event_comes_out_as_expected(path: Path, table: PetTable) -> None:
    event, expected = read(path)
    result = lambda_handler(event, Context())
    assert differences(expected["returns"], json.loads(json.dumps(result))) == []


@pytest.mark.parametrize("folder", ["petstore", "pet_seeds", "demo_user"])
def test_every_event_names_a_function_and_needs_of_the_template(folder: str) -> None:
    logical_ids = set(template()["Resources"])
    for path in cases(folder):
        _, expected = read(path)
        assert {expected["function"], *expected["needs"]} <= logical_ids
