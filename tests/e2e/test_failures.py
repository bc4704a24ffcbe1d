"""Deploys and calls that must fail, and what they leave: a reason, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.laptop import Finished, Laptop, Stack, deploy_command
from tests.support.leftovers import leftovers
from tests.support.project import Project
from tests.support.rpc import Gateway

pytestmark = pytest.mark.laptop


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A laptop on which nothing is deployed for longer than a test."""
    laptop = Laptop(tmp_path_factory.mktemp("failures"))
    laptop.start()
    yield laptop
    laptop.stop()


def deploy(laptop: Laptop, stack: str, project: Project) -> Finished:
    without = ("--parameter-overrides", "Platform=disabled")  # one gateway, and it deploys sooner
    return laptop.run(*deploy_command(stack, project.write()), *without)


def reasons(laptop: Laptop, stack: str) -> dict[str, str]:
    """Return why resources failed, by logical id."""
    pages = laptop.client("cloudformation").get_paginator("describe_stack_events")
    return {
        event["LogicalResourceId"]: event["ResourceStatusReason"]
        for page in pages.paginate(StackName=stack)
        for event in page["StackEvents"]
        if event["ResourceStatus"].endswith("_FAILED")
    }


def forget(laptop: Laptop, stack: str) -> None:
    """Delete what is left of a stack that rolled back, without the SAM CLI's slow waiter."""
    cloudformation = laptop.client("cloudformation")
    cloudformation.delete_stack(StackName=stack)
    waiter = cloudformation.get_waiter("stack_delete_complete")
    waiter.wait(StackName=stack, WaiterConfig={"Delay": 1, "MaxAttempts": 60})


def hold(laptop: Laptop, gateway: str, times: int) -> None:
    """Let the next gateways of this name stay in CREATING."""
    with httpx.Client(verify=laptop.ssl_context(), trust_env=False) as http:
        url = f"{laptop.settings.url}/_laptop/faults/{gateway}"
        http.put(url, json={"effect": "HOLD", "times": times}).raise_for_status()


def test_an_api_without_responses_rolls_the_stack_back_and_says_why(
    home: Laptop, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    project.openapi["paths"]["/pets"]["get"]["responses"] = {}

    failed = deploy(home, "noresponses", project)

    assert failed.status != 0
    reason = reasons(home, "noresponses")["PetStoreGateway"]
    assert "/pets" in reason
    assert "response" in reason.lower()
    forget(home, "noresponses")
    assert leftovers(home) == {}


def test_an_operation_without_operation_id_rolls_the_stack_back_and_says_why(
    home: Laptop, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    del project.openapi["paths"]["/pets"]["get"]["operationId"]
    del project.tools["ToolOverrides"]

    failed = deploy(home, "noid", project)

    assert failed.status != 0
    reason = reasons(home, "noid")["PetStoreGateway"]
    assert "operationId" in reason
    forget(home, "noid")
    assert leftovers(home) == {}


def test_a_gateway_stuck_in_creating_is_made_once_more(home: Laptop, tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.gateway["WaitSeconds"] = 3
    hold(home, "stuckonce-gw", times=1)

    deployed = deploy(home, "stuckonce", project)

    assert deployed.status == 0, deployed.output
    stack = Stack.read(home, "stuckonce")
    assert Gateway.of(home, stack).call("PetStoreTarget___ListPets")["isError"] is False
    control = home.client("bedrock-agentcore-control")
    assert len(control.list_gateways()["items"]) == 1
    forget(home, "stuckonce")
    assert leftovers(home) == {}


def test_a_gateway_stuck_for_good_rolls_the_stack_back_and_says_why(
    home: Laptop, tmp_path: Path
) -> None:
    project = Project(tmp_path)
    project.gateway["WaitSeconds"] = 3
    hold(home, "stuck-gw", times=2)

    failed = deploy(home, "stuck", project)

    assert failed.status != 0
    assert "CREATING" in reasons(home, "stuck")["PetStoreGateway"]
    forget(home, "stuck")
    assert leftovers(home) == {}


def test_a_failing_update_leaves_the_stack_as_it_was(home: Laptop, tmp_path: Path) -> None:
    assert home.run(*deploy_command("update")).status == 0
    before = _gateway(home)
    project = Project(tmp_path)
    project.gateway["Description"] = "never to be seen"
    project.tools["ToolFilters"] = [{"FilterPath": "/nowhere", "Methods": ["GET"]}]
    del project.tools["ToolOverrides"]

    failed = deploy(home, "update", project)

    assert failed.status != 0
    assert "/nowhere" in reasons(home, "update")["PetStoreGateway"]
    after = _gateway(home)
    assert (after["gatewayId"], after["description"]) == (
        before["gatewayId"],
        before["description"],
    )
    stack = Stack.read(home, "update")
    assert len(Gateway.of(home, stack).tool_names()) == 2
    forget(home, "update")
    assert leftovers(home) == {}


def _gateway(laptop: Laptop) -> dict[str, Any]:
    control = laptop.client("bedrock-agentcore-control")
    gateway_id = control.list_gateways()["items"][0]["gatewayId"]
    found: dict[str, Any] = control.get_gateway(gatewayIdentifier=gateway_id)
    return found


@pytest.mark.fidelity("laptop.function-permission")
@pytest.mark.parametrize(
    ("level", "expected"),
    [("", "An internal error occurred. Please retry later."), ("DEBUG", "500")],
    ids=["terse", "debug"],
)
def test_a_missing_lambda_permission_is_a_tool_error(
    home: Laptop, tmp_path: Path, level: str, expected: str
) -> None:
    project = Project(tmp_path)
    del project.template["Resources"]["PetsInvokePermission"]
    del project.template["Resources"]["OnePetInvokePermission"]
    if level:
        project.gateway["ExceptionLevel"] = level
    deployed = deploy(home, "nopermission", project)
    assert deployed.status == 0, deployed.output

    stack = Stack.read(home, "nopermission")
    result = Gateway.of(home, stack).call("PetStoreTarget___ListPets")

    assert result["isError"] is True
    assert expected in json.dumps(result)
    forget(home, "nopermission")
    assert leftovers(home) == {}
