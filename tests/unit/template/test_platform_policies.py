"""What the template includes is what `policies/` says, and can be deployed as it is."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from agentcore_resources.policies import POLICIES
from knowledge_tools.server import SEARCH_FAQ
from localcloud.agentcore.importers.openapi import ApiDocument
from localcloud.agentcore.importers.smithy import smithy_tools
from policy.statement import check_statement
from scripts import policies, schemas
from tests.support.template import PLATFORM, ROOT, resource

FOLDER = ROOT / "policies"
INCLUDED = yaml.safe_load((ROOT / policies.INCLUDED).read_text("utf-8"))
ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/petstore-platform-0123456789"


def test_the_included_policies_are_those_of_the_folder() -> None:
    written = (ROOT / policies.INCLUDED).read_text("utf-8")
    assert written == policies.included(FOLDER), "python -m scripts.policies"


def test_the_template_includes_them_between_the_gateway_and_nothing_else() -> None:
    stated = resource("PlatformPolicies", PLATFORM)["Properties"]
    location = stated["Policies"]["Fn::Transform"]["Parameters"]["Location"]
    assert (PLATFORM.parent / location).resolve() == ROOT / policies.INCLUDED
    gateway = resource("PlatformGateway", PLATFORM)["Properties"]
    engine = {"Fn::GetAtt": ["PlatformPolicyEngine", "PolicyEngineArn"]}
    assert gateway["PolicyEngineConfiguration"]["Arn"] == engine
    assert stated["PolicyEngineId"] == {"Fn::GetAtt": ["PlatformPolicyEngine", "PolicyEngineId"]}


@pytest.mark.parametrize("name", INCLUDED)
def test_a_policy_is_one_statement_about_this_gateway_without_comments(name: str) -> None:
    text, variables = INCLUDED[name]["Statement"]["Fn::Sub"]
    assert variables == {"GatewayArn": {"Fn::GetAtt": ["PlatformGateway", "GatewayArn"]}}
    assert "//" not in text
    check_statement(text.replace("${GatewayArn}", ARN))
    assert text.count("${") == text.count("${GatewayArn}") == 1
    assert INCLUDED[name]["Description"].endswith(".")


def test_the_provisioner_takes_them() -> None:
    filled = {
        name: one | {"Statement": one["Statement"]["Fn::Sub"][0].replace("${GatewayArn}", ARN)}
        for name, one in INCLUDED.items()
    }
    asked = POLICIES.request(
        {
            "RequestType": "Create",
            "RequestId": "request-1",
            "StackId": "arn:stack",
            "LogicalResourceId": "PlatformPolicies",
            "ResourceProperties": {
                "PolicyEngineId": "petstore_platform-0123456789",
                "ValidationMode": "IGNORE_ALL_FINDINGS",
                "Policies": filled,
            },
        }
    )
    parts = asked["desired"]["parts"]
    assert [one["name"] for one in parts] == [f"{name}_0123456789" for name in INCLUDED]
    assert all(len(one["name"]) <= 48 for one in parts)


def test_policies_are_tested_with_tools_of_the_same_arguments_as_the_gateways() -> None:
    tested = json.loads((FOLDER / "tools.json").read_text("utf-8"))
    for target, package in (
        ("CRMTools", "crm_tools"),
        ("TicketingTools", "ticketing_tools"),
        ("CommsTools", "comms_tools"),
    ):
        stated = yaml.safe_load((ROOT / "functions" / package / "tools.yaml").read_text("utf-8"))
        ours = {tool["Name"]: tool["InputSchema"] for tool in stated["InlinePayload"]}
        theirs = {tool["name"]: tool["inputSchema"] for tool in tested[target]}
        assert ours.keys() == theirs.keys()
        for name, schema in ours.items():
            types = {argument: one["Type"] for argument, one in schema["Properties"].items()}
            properties = theirs[name]["properties"]
            assert {argument: one["type"] for argument, one in properties.items()} == types
            assert schema.get("Required") == theirs[name].get("required")


def test_policies_are_tested_with_the_arguments_of_the_other_targets_too() -> None:
    tested = json.loads((FOLDER / "tools.json").read_text("utf-8"))
    api = ApiDocument(schemas.internal_api(ROOT / schemas.INTERNAL_API))
    operations = {one.definition["operationId"]: one for one in api.operations()}
    made = {
        "InternalAPIs": [
            api.tool(one, name=name, description=None, url="https://api.example", service=None)
            for name, one in operations.items()
        ],
        "TicketsTable": smithy_tools(schemas.tickets_table(ROOT / schemas.DYNAMODB), "us-east-1"),
    }
    schemas_of = {
        target: {one.name: one.input_schema for one in tools} for target, tools in made.items()
    }
    schemas_of["KnowledgeTools"] = {SEARCH_FAQ.name: SEARCH_FAQ.input_schema}
    for target, ours in schemas_of.items():
        theirs = {tool["name"]: tool["inputSchema"] for tool in tested[target]}
        assert {name: arguments(one) for name, one in ours.items()} == {
            name: arguments(one) for name, one in theirs.items()
        }
    assert tested.keys() == schemas_of.keys() | {"CRMTools", "TicketingTools", "CommsTools"}


def arguments(schema: dict[str, Any]) -> tuple[dict[str, str], list[str]]:
    """Return the types of a tool's arguments, and those that must be there."""
    types = {name: one["type"] for name, one in schema.get("properties", {}).items()}
    return types, sorted(schema.get("required", []))


def test_a_folder_of_ones_own_is_written_as_well(tmp_path: Path) -> None:
    statement = 'permit(principal, action, resource == AgentCore::Gateway::"${GatewayArn}");'
    (tmp_path / "mine.cedar").write_text(f"// One.\n// Two.\n{statement}\n")
    found = yaml.safe_load(policies.included(tmp_path))
    assert found["mine"]["Description"] == "One. Two."
    assert found["mine"]["Statement"]["Fn::Sub"][0].startswith("permit(")
