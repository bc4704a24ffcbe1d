"""From a template's properties to what the state machine is asked to do."""

from typing import Any

import pytest

from agentcore_resources.errors import BadProperties
from agentcore_resources.gateway import GATEWAY
from tests.support.provisioning import API_GATEWAY, as_strings, properties, target


def event(request_type: str = "Create", /, **changes: object) -> dict[str, Any]:
    return {
        "RequestType": request_type,
        "RequestId": "request-1",
        "StackId": "arn:stack",
        "LogicalResourceId": "PetStoreGateway",
        "ResourceProperties": as_strings(properties()),
    } | changes


def stated(**changes: object) -> dict[str, Any]:
    return event(ResourceProperties=as_strings(properties(**changes)))


def problems(**changes: object) -> list[str]:
    with pytest.raises(BadProperties) as refusal:
        GATEWAY.request(stated(**changes))
    return str(refusal.value).split("; ")


def test_properties_become_the_api_s_parameters() -> None:
    desired = GATEWAY.request(event())["desired"]
    assert desired["resource"] == {
        "name": "petstore-gw",
        "roleArn": "arn:aws:iam::123456789012:role/gateway",
        "protocolType": "MCP",
        "protocolConfiguration": {"mcp": {"supportedVersions": ["2025-06-18"]}},
        "authorizerType": "CUSTOM_JWT",
        "authorizerConfiguration": {
            "customJWTAuthorizer": {
                "discoveryUrl": "https://idp.example/.well-known/openid-configuration",
                "allowedClients": ["people", "machines"],
            }
        },
    }
    (made,) = desired["parts"]
    assert (made["name"], made["revision"]) == ("PetStoreTarget", "deployment-1")
    api = made["parameters"]["targetConfiguration"]["mcp"]["apiGateway"]
    assert api["restApiId"] == "abc123"
    assert "revision" not in made["parameters"]


@pytest.mark.fidelity("provisioner.properties.strings")
def test_cloudformation_s_strings_become_numbers_and_booleans_again() -> None:
    mcp = {
        "SessionConfiguration": {"SessionTimeoutInSeconds": 900},
        "StreamingConfiguration": {"EnableResponseStreaming": False},
    }
    asked = GATEWAY.request(stated(ProtocolConfiguration={"Mcp": mcp}))
    assert asked["desired"]["resource"]["protocolConfiguration"]["mcp"] == {
        "sessionConfiguration": {"sessionTimeoutInSeconds": 900},
        "streamingConfiguration": {"enableResponseStreaming": False},
    }


@pytest.mark.fidelity("provisioner.properties.case")
def test_argument_names_in_a_tool_s_schema_keep_their_case() -> None:
    schema = {
        "Type": "object",
        "Properties": {"petId": {"Type": "string"}, "PageSize": {"Type": "integer"}},
        "Required": ["petId"],
    }
    tool = {"Name": "get", "Description": "d", "InputSchema": schema}
    function = "arn:aws:lambda:us-east-1:123456789012:function:f"
    configuration = {
        "Mcp": {"Lambda": {"LambdaArn": function, "ToolSchema": {"InlinePayload": [tool]}}}
    }
    asked = GATEWAY.request(stated(Targets=[target(TargetConfiguration=configuration)]))
    parameters = asked["desired"]["parts"][0]["parameters"]
    payload = parameters["targetConfiguration"]["mcp"]["lambda"]["toolSchema"]["inlinePayload"]
    assert payload[0]["inputSchema"] == {
        "type": "object",
        "properties": {"petId": {"type": "string"}, "PageSize": {"type": "integer"}},
        "required": ["petId"],
    }


def test_an_unknown_property_is_named_with_its_place() -> None:
    wrong = {"Mcp": {"ApiGateway": API_GATEWAY | {"StageName": "prod"}}}
    assert problems(Targets=[target(), target("Other", TargetConfiguration=wrong)]) == [
        "Targets[1].TargetConfiguration.Mcp.ApiGateway.StageName: unknown property"
    ]


def test_every_problem_is_named_at_once() -> None:
    assert sorted(problems(RoleArn=None, Colour="blue", Targets=None)) == [
        "Colour: unknown property",
        "RoleArn: required",
    ]


def test_the_client_token_is_not_the_template_s_to_state() -> None:
    assert problems(ClientToken="mine") == ["ClientToken: unknown property"]


def test_a_union_takes_exactly_one_member() -> None:
    both = {"Mcp": {"ApiGateway": API_GATEWAY, "Lambda": {"LambdaArn": "a", "ToolSchema": {}}}}
    assert any(
        problem.startswith("Targets[0].TargetConfiguration.Mcp: state exactly one of ")
        for problem in problems(Targets=[target(TargetConfiguration=both)])
    )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"ProtocolConfiguration": "MCP"}, "ProtocolConfiguration: expected a mapping"),
        (
            {"ProtocolConfiguration": {"Mcp": {"SupportedVersions": "2025-06-18"}}},
            "ProtocolConfiguration.Mcp.SupportedVersions: expected a list",
        ),
        (
            {
                "ProtocolConfiguration": {
                    "Mcp": {"SessionConfiguration": {"SessionTimeoutInSeconds": "soon"}}
                }
            },
            "ProtocolConfiguration.Mcp.SessionConfiguration.SessionTimeoutInSeconds: "
            "expected a whole number",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(changes: dict[str, Any], problem: str) -> None:
    assert problems(**changes) == [problem]


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"Name": "pet_store"}, "Name: String should match pattern"),
        ({"Name": None}, "Name: Field required"),
        ({"WaitSeconds": 301}, "WaitSeconds: Input should be less than or equal to 300"),
        ({"WaitSeconds": 0}, "WaitSeconds: Input should be greater than or equal to 1"),
        ({"Targets": [target("a_b")]}, "Targets[0].Name: String should match pattern"),
        ({"Targets": [target(), target()]}, "Targets: Value error, names must differ: PetStore"),
        ({"Tags": ["team"]}, "Tags: Input should be a valid dictionary"),
    ],
)
def test_what_the_provisioner_itself_reads_is_checked(changes: dict[str, Any], begins: str) -> None:
    (problem,) = problems(**changes)
    assert problem.startswith(begins)


def test_what_was_stated_before_comes_along() -> None:
    old = as_strings(properties(Description="old", Tags={"team": "pets"}))
    previous = GATEWAY.request(event("Update", OldResourceProperties=old))["previous"]
    assert previous["resource"]["description"] == "old"
    assert previous["tags"] == {"team": "pets"}


@pytest.mark.parametrize("old", [{"Name": "a_b"}, {"Name": "a", "Colour": "blue"}])
def test_what_was_stated_before_may_have_been_bad(old: dict[str, Any]) -> None:
    assert GATEWAY.request(event("Update", OldResourceProperties=old))["previous"] is None


@pytest.mark.parametrize(
    ("physical_id", "stated_name", "name"),
    [
        ("gateway/old-name", "new-name", "old-name"),
        ("petstore_PetStoreGateway_ABCD1234", "petstore-gw", "petstore-gw"),
        ("petstore-PetStoreGateway-1ABCDEFGHIJKL", "petstore-gw", "petstore-gw"),
        ("petstore_PetStoreGateway_ABCD1234", "a_b", None),
        ("petstore_PetStoreGateway_ABCD1234", {"not": "a name"}, None),
    ],
)
def test_a_delete_takes_the_name_from_an_id_of_ours_or_from_the_template(
    physical_id: str, stated_name: object, name: str | None
) -> None:
    asked = GATEWAY.request(
        event(
            "Delete",
            PhysicalResourceId=physical_id,
            ResourceProperties={"Name": stated_name, "Nonsense": "x", "WaitSeconds": "7"},
        )
    )
    assert (asked["name"], asked["waitSeconds"]) == (name, 7)


@pytest.mark.parametrize("seconds", ["", "soon", "-3", "99999"])
def test_a_delete_never_fails_on_its_properties(seconds: str) -> None:
    asked = GATEWAY.request(event("Delete", ResourceProperties={"WaitSeconds": seconds}))
    assert (asked["name"], asked["waitSeconds"]) == (None, 300)
