"""A stack from its first deploy to its end, by the stock SAM CLI, on a laptop of its own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.laptop import Laptop, Stack, deploy_command
from tests.support.leftovers import leftovers
from tests.support.platform_users import Users, said
from tests.support.project import Project
from tests.support.rpc import Gateway

pytestmark = pytest.mark.laptop

STACK = "petstore"
SAM_OPTIONS = ("--stack-name", STACK, "--region", "us-east-1")
FUNCTIONS = {
    "PetStoreFunction",
    "PetSeedsFunction",
    "DemoUserFunction",
    "AgentCoreResourcesFunction",
    "ProvisionerFunction",
}


@dataclass(frozen=True)
class Seen:
    """What is there of AgentCore, and how often it was provisioned."""

    gateway: dict[str, Any]
    target: dict[str, Any]
    executions: int

    @classmethod
    def of(cls, laptop: Laptop) -> "Seen":
        """Look."""
        control = laptop.client("bedrock-agentcore-control")
        gateway_id = Stack.read(laptop, STACK).outputs["GatewayId"]
        targets = control.list_gateway_targets(gatewayIdentifier=gateway_id)["items"]
        target = control.get_gateway_target(
            gatewayIdentifier=gateway_id, targetId=targets[0]["targetId"]
        )
        gateway = control.get_gateway(gatewayIdentifier=gateway_id)
        states = laptop.client("stepfunctions")
        machine = states.list_state_machines()["stateMachines"][0]["stateMachineArn"]
        executions = states.list_executions(stateMachineArn=machine)["executions"]
        return cls(_plain(gateway), _plain(target), len(executions))


def _plain(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A laptop with the stack deployed, which these tests change one after the other."""
    laptop = Laptop(tmp_path_factory.mktemp("lifecycle"))
    laptop.start()
    deployed = laptop.run(*deploy_command(STACK))
    assert deployed.status == 0, deployed.output
    yield laptop
    laptop.stop()


def test_deploying_again_changes_nothing_and_calls_nothing(home: Laptop) -> None:
    before = Seen.of(home)

    again = home.run(*deploy_command(STACK))

    assert again.status == 0, again.output
    assert "No changes to deploy" in again.output
    assert Seen.of(home) == before


def test_a_changed_description_and_tool_filter_are_updated_in_place(
    home: Laptop, tmp_path: Path
) -> None:
    before = Seen.of(home)
    project = Project(tmp_path)
    project.gateway["Description"] = "Tools of a shop"
    project.tools["ToolFilters"] = [{"FilterPath": "/pets", "Methods": ["GET"]}]
    project.tools["ToolOverrides"] = [
        override for override in project.tools["ToolOverrides"] if override["Path"] == "/pets"
    ]

    changed = home.run(*deploy_command(STACK, project.write()))

    assert changed.status == 0, changed.output
    after = Seen.of(home)
    assert after.gateway["gatewayId"] == before.gateway["gatewayId"]
    assert after.gateway["description"] == "Tools of a shop"
    assert after.target["targetId"] == before.target["targetId"]
    assert after.executions == before.executions + 1
    gateway = Gateway.of(home, Stack.read(home, STACK))
    assert gateway.tool_names() == ["PetStoreTarget___ListPets"]


@pytest.mark.fidelity("laptop.rest-api-body")
def test_a_changed_api_keeps_its_address_and_reaches_the_tools(
    home: Laptop, tmp_path: Path
) -> None:
    before = Stack.read(home, STACK)
    project = Project(tmp_path)
    project.openapi["paths"]["/pets"]["get"]["parameters"].append(
        {"name": "breed", "in": "query", "schema": {"type": "string"}}
    )

    changed = home.run(*deploy_command(STACK, project.write()))

    assert changed.status == 0, changed.output
    after = Stack.read(home, STACK)
    assert after.outputs["PetStoreApiUrl"] == before.outputs["PetStoreApiUrl"]
    tools = Gateway.of(home, after).request("tools/list")["result"]["tools"]
    listing = next(tool for tool in tools if tool["name"].endswith("ListPets"))
    assert "breed" in listing["inputSchema"]["properties"]


def test_sam_logs_shows_structured_lines_of_every_function(home: Laptop) -> None:
    Gateway.of(home, Stack.read(home, STACK)).call("PetStoreTarget___ListPets")
    for function in FUNCTIONS:
        logs = home.run("sam", "logs", *SAM_OPTIONS, "--name", function, "--output", "json")

        assert logs.status == 0, logs.output
        lines = [json.loads(line) for line in logs.output.splitlines() if line.startswith("{")]
        messages = [line["message"] for line in lines]
        structured = [m for m in messages if isinstance(m, dict) or m.lstrip().startswith("{")]
        assert structured, f"{function} logged no structured line: {messages}"


def test_sam_remote_invoke_runs_a_function(home: Laptop) -> None:
    event = json.dumps({"httpMethod": "GET", "path": "/nowhere", "requestContext": {}})

    invoked = home.run("sam", "remote", "invoke", "PetStoreFunction", *SAM_OPTIONS, "-e", event)

    assert invoked.status == 0, invoked.output
    assert '"statusCode": 404' in invoked.output.replace('"statusCode":404', '"statusCode": 404')


def test_sam_list_shows_endpoints_and_outputs(home: Laptop) -> None:
    endpoints = home.run("sam", "list", "endpoints", *SAM_OPTIONS, "--output", "json")
    outputs = home.run("sam", "list", "stack-outputs", *SAM_OPTIONS, "--output", "json")

    assert endpoints.status == outputs.status == 0
    stack = Stack.read(home, STACK)
    assert stack.outputs["PetStoreApiUrl"] in endpoints.output
    assert stack.outputs["GatewayUrl"] in outputs.output


def test_what_was_deployed_survives_a_restart(home: Laptop) -> None:
    before = Seen.of(home)

    home.stop()
    home.start()

    assert Seen.of(home) == before
    gateway = Gateway.of(home, Stack.read(home, STACK))
    assert gateway.call("PetStoreTarget___ListPets")["isError"] is False


def test_sam_delete_leaves_nothing_behind(home: Laptop) -> None:
    users = Users(home, Stack.read(home, STACK))
    lookup = {"account_id": "ACME-001"}
    said(users.gateway("auditor").call("CRMTools___lookup_customer", **lookup))  # it is logged
    users.ask("support", "Support", "Who is ACME-001?", "the-end")  # and this too
    deleted = home.run("sam", "delete", "--no-prompts", *SAM_OPTIONS)

    assert deleted.status == 0, deleted.output
    assert leftovers(home) == {}
