"""Every sample event of the door and of the provisioner comes out as its expectation says."""

import json
from pathlib import Path
from typing import Any

import pytest

from agentcore_resources import app as door_app
from agentcore_resources.door import KINDS
from agentcore_resources.errors import NotDelivered
from agentcore_resources.resource import Kind, MachineDriven
from provisioner import app as provisioner_app
from provisioner.calls import Calls
from provisioner.errors import ProvisioningError
from provisioner.kinds.gateways import Gateways
from tests.support.expectations import differences
from tests.support.provisioning import Context, ControlPlane, Json
from tests.support.template import ROOT, template


def cases(folder: str) -> list[Path]:
    found = (ROOT / "events" / folder).glob("*.json")
    return sorted(path for path in found if not path.name.endswith(".expected.json"))


def read(path: Path) -> tuple[Json, Json]:
    return json.loads(path.read_text()), json.loads(path.with_suffix(".expected.json").read_text())


def stated_kind(event: Json) -> Kind:
    """Return the kind of an event of CloudFormation, or of the execution's last task."""
    return KINDS[event.get("event", event)["ResourceType"]]


@pytest.mark.usefixtures("aws_environment")
@pytest.mark.parametrize("path", cases("agentcore_resources"), ids=lambda path: path.stem)
def test_a_custom_resource_s_event_comes_out_as_expected(path: Path) -> None:
    event, expected = read(path)
    started: list[Json] = []
    answers: list[Json] = []
    door = MachineDriven(
        stated_kind(event),
        start=lambda _, document: started.append(document),
        deliver=lambda _, answer: answers.append(answer),
    )
    returned = door_app.serve(event, Context(), lambda _: door)
    assert differences(expected["returns"], returned) == []
    assert bool(started) == (expected["returns"]["status"] == "STARTED") == bool(expected["needs"])
    assert len(answers) == ("answers" in expected)
    if answers:
        assert differences(expected["answers"], answers[0]) == []


@pytest.mark.usefixtures("aws_environment")
@pytest.mark.parametrize("path", cases("agentcore_resources"), ids=lambda path: path.stem)
def test_under_sam_local_too_an_answer_that_nobody_takes_is_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, expected = read(path)
    if "unanswered" not in expected:
        return  # nothing is answered yet
    monkeypatch.setenv("AWS_SAM_LOCAL", "true")

    def refuse(_: str, __: Json) -> None:
        raise NotDelivered("nobody listens")

    door = MachineDriven(stated_kind(event), start=lambda _, __: None, deliver=refuse)
    with pytest.raises(NotDelivered):
        door_app.serve(event, Context(), lambda _: door)
    assert expected["unanswered"]["errorType"] == "NotDelivered"


@pytest.mark.parametrize("path", cases("provisioner"), ids=lambda path: path.stem)
def test_a_task_s_event_comes_out_as_expected(path: Path, laptop_plane: ControlPlane) -> None:
    event, expected = read(path)
    kind = Gateways(Calls(laptop_plane.client), laptop_plane.objects.documents())
    returned: Any
    try:
        returned = provisioner_app.take(event, lambda *_: kind)
    except ProvisioningError as error:
        returned = {"errorType": error.code, "errorMessage": str(error)}
    assert differences(expected["returns"], json.loads(json.dumps(returned))) == []


@pytest.mark.parametrize("folder", ["agentcore_resources", "provisioner"])
def test_every_event_names_a_function_and_needs_of_the_template(folder: str) -> None:
    logical_ids = set(template()["Resources"])
    for path in cases(folder):
        _, expected = read(path)
        assert {expected["function"], *expected["needs"]} <= logical_ids
