"""Every sample event of the internal API comes out as its expectation says."""

import json
from pathlib import Path
from typing import Any

import pytest

from internal_api import api
from internal_api.app import lambda_handler
from tests.support.expectations import differences
from tests.support.petstore import Context
from tests.support.template import ROOT

CASES = [
    path
    for path in sorted((ROOT / "events" / "internal_api").glob("*.json"))
    if not path.name.endswith(".expected.json")
]
STATUS = "get_service_status.json"


def read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    return json.loads(path.read_text()), json.loads(path.with_suffix(".expected.json").read_text())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_an_event_comes_out_as_expected(path: Path) -> None:
    event, expected = read(path)
    result = lambda_handler(event, Context())
    assert differences(expected["returns"], json.loads(json.dumps(result))) == []


def test_a_fault_is_logged_with_its_kind_and_told_without_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("the disk is on fire")

    monkeypatch.setattr(api, "catalogue", fail)
    event, _ = read(ROOT / "events" / "internal_api" / STATUS)
    result = lambda_handler(event, Context())
    assert result["statusCode"] == 500
    assert json.loads(result["body"]) == {"code": "fault", "message": "This is a fault of ours."}
    assert [vars(one)["error"] for one in caplog.records] == ["RuntimeError"]


def test_a_log_line_of_a_refusal_holds_its_code_and_nothing_of_the_request(
    caplog: pytest.LogCaptureFixture,
) -> None:
    event, _ = read(ROOT / "events" / "internal_api" / "list_incidents_of_no_severity.json")
    event["queryStringParameters"] = {"severity": "marker-5d1f"}
    event["multiValueQueryStringParameters"] = {"severity": ["marker-5d1f"]}
    result = lambda_handler(event, Context())
    assert "marker-5d1f" not in result["body"]
    (logged,) = caplog.records
    assert vars(logged)["code"] == "invalid_request"
    assert "marker-5d1f" not in str(vars(logged))
