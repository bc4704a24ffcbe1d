"""What a sentence names outright goes into the argument it names."""

import pytest

from assistant.offline.arguments import fill
from assistant.offline.schema import ToolCard, read_card

TEXTS = {
    "email": "Customer email address",
    "account_id": "Account ID",
    "subject": "Case subject line",
    "issue_type": "Kind of issue",
    "priority": "Priority: Low, Medium, High or Critical",
}


@pytest.fixture
def card() -> ToolCard:
    properties = {name: {"type": "string", "description": text} for name, text in TEXTS.items()}
    schema = {"type": "object", "properties": properties, "required": ["subject"]}
    return read_card({"name": "CRMTools___create_case", "parameters": schema})


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("Who is jane.miller+1@acme.example?", {"email": "jane.miller+1@acme.example"}),
        ('Create a case with subject "Line down"', {"subject": "Line down"}),
        (
            'Create a case, subject: "No email from ann@x.example"',
            {"subject": "No email from ann@x.example"},
        ),
        ('Create a case with issue type "Bug"', {"issue_type": "Bug"}),
        ("Create a case with priority critical", {"priority": "Critical"}),
        ("Create a case, priority: High", {"priority": "High"}),
        ("Create a case with priority unheard of", {}),
        ("The priority is that it works", {}),
        ("Create a case with subject Line down", {}),
    ],
)
def test_a_value_goes_to_the_argument_that_is_named_before_it(
    card: ToolCard, sentence: str, values: dict[str, str]
) -> None:
    found = {name: value for name, (value,) in fill(card, sentence).values.items()}
    found.pop("account_id", None)
    assert found == values


def test_what_is_not_named_is_missing(card: ToolCard) -> None:
    assert [one.name for one in fill(card, "Create a case").missing] == ["subject"]
