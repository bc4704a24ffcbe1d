"""docs/integrate.md says what the API's own document says."""

import re
from typing import Any

import yaml

from tests.support.documents import ROOT, text_of
from tests.support.template import resource, template

TEXT = text_of(ROOT / "docs" / "integrate.md")


def api() -> dict[str, Any]:
    text = (ROOT / "functions/agent_proxy/openapi.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def members(schema: str) -> set[str]:
    return set(api()["components"]["schemas"][schema]["properties"])


def test_the_table_of_errors_has_every_status_of_the_api() -> None:
    table = TEXT.partition("## Errors")[2].partition("###")[0]
    told = set(re.findall(r"^\| (\d{3}) \|", table, re.MULTILINE))
    for path in ("/invoke", "/invoke/stream"):
        assert told | {"200"} == set(api()["paths"][path]["post"]["responses"])


def test_what_is_sent_and_what_comes_back_have_the_members_of_the_api() -> None:
    table = TEXT.partition("## What you send")[2].partition("##")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == members("Question")
    example = re.search(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert example is not None
    shown = yaml.safe_load(example[1])  # JSON is YAML
    assert set(shown) == members("Reply")
    assert set(shown["sources"][0]) == members("Source")


def test_the_longest_question_is_told() -> None:
    longest = api()["components"]["schemas"]["Question"]["properties"]["prompt"]["maxLength"]
    assert TEXT.count(f"{longest:,} characters") == 2


def test_the_limits_are_those_of_the_template() -> None:
    limits = {name: one["Default"] for name, one in template()["Parameters"].items()}
    assert f"{limits['RequestsPerSecond']} requests a second" in TEXT
    assert f"bursts up to {limits['RequestBurst']}" in TEXT
    assert f"{limits['RequestsPerDay']:,} a day" in TEXT
    days = resource("FaqMemory")["Properties"]["EventExpiryDuration"]
    assert f"forgotten after {days} days" in TEXT
