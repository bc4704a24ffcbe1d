"""The sample events of the FAQ agent's function, in process: no memory, the offline model."""

from typing import Any

import pytest

from faq.lambda_handler import lambda_handler
from scripts.event_check.cases import Case, read_all
from serving.errors import BadRequest
from tests.support.expectations import differences
from tests.support.laptop import ROOT

CASES = [one for one in read_all(ROOT / "events") if one.name.startswith("faq/")]


def invoke(event: Any) -> Any:  # noqa: ANN401 - JSON
    """Return what Lambda would: the result, or the error as it writes it."""
    try:
        return lambda_handler(event, None)
    except BadRequest as error:
        return {"errorType": type(error).__name__, "errorMessage": str(error)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_event_ends_as_its_file_says(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AGENT_MODEL", "MEMORY_ID", "GROQ_API_KEY", "GROQ_API_KEY_SECRET_ARN"):
        monkeypatch.delenv(name, raising=False)
    assert differences(case.returns, invoke(case.event)) == []
