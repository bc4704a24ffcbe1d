"""In what order the resources of a stack are made."""

from typing import Any

import pytest

from localcloud.engine.ministack.ahead import sort

CUSTOM, QUICK = "Custom::Thing", "AWS::Logs::LogGroup"


def resource(kind: str, *needed: str) -> dict[str, Any]:
    return {"Type": kind, "DependsOn": list(needed)}


def test_what_takes_no_time_is_made_before_what_waits_for_somebody() -> None:
    resources = {
        "A": resource(CUSTOM),
        "B": resource(CUSTOM, "Y"),
        "X": resource(QUICK, "A"),
        "Y": resource(QUICK),
        "Z": resource("AWS::CloudFormation::Stack"),
    }
    assert sort(resources, {}) == ["Y", "A", "X", "B", "Z"]


def test_what_a_condition_leaves_out_is_not_made() -> None:
    resources = {"A": resource(QUICK) | {"Condition": "No"}, "B": resource(QUICK)}
    assert sort(resources, {"No": False}) == ["B"]


def test_what_needs_each_other_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="Circular"):
        sort({"A": resource(QUICK, "B"), "B": resource(CUSTOM, "A")}, {})
