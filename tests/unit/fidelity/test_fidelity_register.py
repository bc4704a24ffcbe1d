"""`docs/fidelity.toml` and the tests' marks say the same, in both directions."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
REGISTER = ROOT / "docs" / "fidelity.toml"
VERIFIED = {"aws", "source", "docs", "observed", "choice"}
ID = re.compile(r"^[a-z-]+(\.[a-z0-9-]+)+$")


def register() -> dict[str, dict[str, Any]]:
    return tomllib.loads(REGISTER.read_text(encoding="utf-8"))


def marked_ids() -> dict[str, list[str]]:
    """Return the files that mark a test with each id, read and not run."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for id_ in _ids_in(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(id_, []).append(str(path.relative_to(ROOT)))
    return found


def _ids_in(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fidelity":
            (id_,) = node.args
            assert isinstance(id_, ast.Constant), f"line {node.lineno}: not a literal id"
            yield str(id_.value)


def test_every_mark_is_a_registered_claim() -> None:
    unregistered = {id_: files for id_, files in marked_ids().items() if id_ not in register()}
    assert unregistered == {}


def test_every_registered_claim_is_proved_by_a_marked_test() -> None:
    assert register().keys() - marked_ids().keys() == set()


def test_there_is_one_register() -> None:
    assert list((ROOT / "docs").rglob("fidelity*")) == [REGISTER]


@pytest.mark.parametrize("id_", register())
def test_a_claim_says_what_where_from_and_how_sure(id_: str) -> None:
    claim = register()[id_]
    assert ID.match(id_)
    assert {"must", "source", "verified"} <= claim.keys() <= {"must", "source", "verified", "gap"}
    assert all(isinstance(text, str) and text.strip() for text in claim.values())
    assert claim["must"].endswith((".", ".`"))
    assert claim["verified"] in VERIFIED


@pytest.mark.parametrize("id_", register())
def test_a_source_is_named_as_the_public_knows_it(id_: str) -> None:
    source = register()[id_]["source"]
    assert not re.search(r"\[[A-Z]+(:|\])|§|\.md\b|(^|\s)/\w", source)
    if register()[id_]["verified"] == "aws":
        assert re.search(r"\d{4}-\d{2}-\d{2}", source), "say when it was recorded"


def test_what_nobody_documents_is_a_choice() -> None:
    open_questions = ("not documented", "our reading", "whether")
    wrong = [
        id_
        for id_, claim in register().items()
        if any(words in claim["source"].lower() for words in open_questions)
        and claim["verified"] not in {"choice", "observed"}
    ]
    assert wrong == []
