"""Every sample event of the public door comes out as its expectation says."""

import json
from typing import Any

import pytest

from agent_proxy import app, stream_app
from scripts.event_check.cases import Case, Names, Run, read_all
from tests.support.agent_proxy import Context
from tests.support.data_plane import DataPlane
from tests.support.template import ROOT

CASES = [case for case in read_all(ROOT / "events") if case.name.startswith("agent_proxy/")]
NOBODY = Names({}, {})


HANDLERS = {
    "AgentProxyFunction": app.lambda_handler,
    "AgentStreamFunction": stream_app.lambda_handler,
}


def returned(case: Case) -> Any:  # noqa: ANN401  # JSON
    return json.loads(json.dumps(HANDLERS[case.function](case.event, Context())))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_event_comes_out_as_expected(case: Case, plane: DataPlane) -> None:
    assert Run(case, heard=False).differences(returned(case), None, NOBODY) == []
    assert bool(plane.invoked) == bool(case.needs)
