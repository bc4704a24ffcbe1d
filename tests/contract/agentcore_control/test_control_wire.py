"""Every operation that is served, against its own model."""

import json
from typing import Any

import pytest
from botocore import xform_name

from localcloud.agentcore.wire.operations import CONTROL, operation_model
from tests.support.control_plane import (
    API_GATEWAY_TARGET,
    GATEWAY,
    Client,
    Laptop,
    ready_gateway,
    ready_target,
)

SERVER = {"mcp": {"mcpServer": {"endpoint": "https://mcp.example/mcp"}}}
AS_ROLE = [
    {
        "credentialProviderType": "GATEWAY_IAM_ROLE",
        "credentialProvider": {"iamCredentialProvider": {"service": "bedrock-agentcore"}},
    }
]


@pytest.fixture
def minimal(laptop: Laptop, client: Client) -> dict[str, dict[str, Any]]:
    """The least each operation takes, on a gateway with an MCP server as its target."""
    gateway_id = ready_gateway(laptop, client)
    target_id = ready_target(
        laptop,
        client,
        gateway_id,
        name="server",
        targetConfiguration=SERVER,
        credentialProviderConfigurations=AS_ROLE,
    )
    on_gateway = {"gatewayIdentifier": gateway_id}
    empty = {"gatewayIdentifier": ready_gateway(laptop, client, name="empty")}
    on_target = on_gateway | {"targetId": target_id}
    arn = {"resourceArn": client.get_gateway(**on_gateway)["gatewayArn"]}
    required = {"name": "other", "roleArn": GATEWAY["roleArn"], "authorizerType": "NONE"}
    target = {"name": "server", "targetConfiguration": SERVER}
    return {
        "CreateGateway": required,
        "GetGateway": on_gateway,
        "ListGateways": {},
        "UpdateGateway": required | on_gateway | {"name": "PetStore"},
        "CreateGatewayTarget": on_gateway | target | {"name": "another"},
        "GetGatewayTarget": on_target,
        "ListGatewayTargets": on_gateway,
        "UpdateGatewayTarget": on_target | target,
        "SynchronizeGatewayTargets": on_gateway | {"targetIdList": [target_id]},
        "DeleteGatewayTarget": on_target,
        "TagResource": arn | {"tags": {"team": "pets"}},
        "UntagResource": arn | {"tagKeys": ["team"]},
        "ListTagsForResource": arn,
        "DeleteGateway": empty,
    }


@pytest.mark.fidelity("agentcore-control.wire.statuses")
def test_each_operation_takes_the_least_its_model_asks_for(
    laptop: Laptop, client: Client, minimal: dict[str, dict[str, Any]]
) -> None:
    assert minimal.keys() == laptop.plane.operations
    for operation, members in minimal.items():
        reply = getattr(client, xform_name(operation))(**members)
        laptop.settle()
        expected = operation_model(CONTROL, operation).http["responseCode"]
        assert reply["ResponseMetadata"]["HTTPStatusCode"] == expected, operation
        output = operation_model(CONTROL, operation).output_shape
        assert output is not None
        assert set(output.required_members) <= reply.keys(), operation


@pytest.mark.fidelity("agentcore-control.wire.required")
def test_each_required_member_that_is_missing_is_named(
    client: Client, minimal: dict[str, dict[str, Any]]
) -> None:
    tried = 0
    for operation, members in minimal.items():
        shape = operation_model(CONTROL, operation).input_shape
        assert shape is not None
        for name in shape.required_members:
            if shape.members[name].serialization.get("location") == "uri":
                continue  # without it the path is another operation's
            rest = {key: value for key, value in members.items() if key != name}
            with pytest.raises(client.exceptions.ValidationException) as refused:
                getattr(client, xform_name(operation))(**rest)
            problems = refused.value.response["fieldList"]
            assert {"name": name, "message": "Member must not be null"} in problems
            assert refused.value.response["reason"] == "FieldValidationFailed"
            tried += 1
    assert tried == 11


@pytest.mark.fidelity("agentcore-control.wire.messages")
@pytest.mark.fidelity("agentcore-control.wire.types")
@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("name", "a_b", "satisfy regular expression pattern: ([0-9a-zA-Z][-]?){1,48}"),
        ("name", "a" * 49, "satisfy regular expression pattern: ([0-9a-zA-Z][-]?){1,48}"),
        ("authorizerType", "OPEN", "CUSTOM_JWT, AWS_IAM, NONE, AUTHENTICATE_ONLY]"),
        ("clientToken", "short", "have length greater than or equal to 33"),
        ("description", "x" * 201, "have length less than or equal to 200"),
        ("description", 7, "be of type string"),
        ("tags", ["a"], "be of type map"),
        ("tags", {"": "x"}, "[Member must have length greater than or equal to 1]"),
        ("interceptorConfigurations", [], "have length greater than or equal to 1"),
        ("interceptorConfigurations", {}, "be of type list"),
        ("protocolConfiguration", {}, "have exactly one of: [mcp]"),
        ("protocolConfiguration", {"mcp": "x"}, "be of type structure"),
    ],
)
def test_what_breaks_the_model_is_refused_in_awss_words(
    client: Client, member: str, value: object, message: str
) -> None:
    # The body is written as JSON by hand, since botocore would not send a wrong type.
    with pytest.raises(client.exceptions.ValidationException) as refused:
        _send_raw(client, GATEWAY | {member: value})
    text = refused.value.response["Error"]["Message"]
    assert text.startswith("1 validation error detected: Value ")
    assert text.endswith(message)
    (problem,) = refused.value.response["fieldList"]
    assert problem["name"].partition(".")[0] == member


@pytest.mark.parametrize(
    ("configuration", "name", "message"),
    [
        ({"sessionTimeoutInSeconds": 899}, "sessionTimeoutInSeconds", "equal to 900"),
        ({"sessionTimeoutInSeconds": 28801}, "sessionTimeoutInSeconds", "equal to 28800"),
        ({"sessionTimeoutInSeconds": True}, "sessionTimeoutInSeconds", "of type integer"),
        ({"sessionTimeoutInSeconds": 900.5}, "sessionTimeoutInSeconds", "of type integer"),
    ],
)
def test_nested_members_are_named_by_their_path(
    client: Client, configuration: dict[str, object], name: str, message: str
) -> None:
    protocol = {"mcp": {"sessionConfiguration": configuration}}
    with pytest.raises(client.exceptions.ValidationException) as refused:
        _send_raw(client, GATEWAY | {"protocolConfiguration": protocol})
    (problem,) = refused.value.response["fieldList"]
    assert problem["name"] == f"protocolConfiguration.mcp.sessionConfiguration.{name}"
    assert problem["message"].endswith(message)


@pytest.mark.fidelity("agentcore-control.wire.unknown-members")
def test_members_the_model_does_not_know_are_ignored(client: Client) -> None:
    created = _send_raw(client, GATEWAY | {"colour": "red", "description": None})
    assert created["status"] == "CREATING"
    assert "description" not in created


@pytest.mark.fidelity("agentcore-control.wire.sensitive")
def test_values_of_sensitive_members_are_not_repeated(client: Client) -> None:
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.create_gateway(**GATEWAY | {"description": "hush" * 60})
    assert "hush" not in refused.value.response["Error"]["Message"]


@pytest.mark.parametrize("number", ["0", "1001", "many"])
def test_numbers_in_the_query_are_checked(client: Client, number: str) -> None:
    with pytest.raises(client.exceptions.ValidationException) as refused:
        client.list_gateways(maxResults=number)
    assert refused.value.response["fieldList"][0]["name"] == "maxResults"


def test_timestamps_are_iso_8601_in_utc(laptop: Laptop, client: Client) -> None:
    found = client.get_gateway(gatewayIdentifier=ready_gateway(laptop, client))
    assert found["createdAt"].isoformat() == "2026-01-01T00:00:01+00:00"


def test_target_configurations_come_back_as_they_were_sent(laptop: Laptop, client: Client) -> None:
    gateway_id = ready_gateway(laptop, client)
    where = {"gatewayIdentifier": gateway_id}
    target_id = ready_target(laptop, client, gateway_id)
    found = client.get_gateway_target(**where, targetId=target_id)
    assert {name: found[name] for name in API_GATEWAY_TARGET} == API_GATEWAY_TARGET


@pytest.mark.parametrize("value", ["\ud800", float("nan"), json.loads("[" * 500 + "]" * 500)])
def test_json_that_could_not_be_written_again_is_refused(client: Client, value: object) -> None:
    with pytest.raises(client.exceptions.ValidationException) as refused:
        _send_raw(client, GATEWAY | {"description": value})
    assert refused.value.response["reason"] == "CannotParse"


def _send_raw(client: Client, members: dict[str, Any]) -> dict[str, Any]:
    """Call CreateGateway with a body botocore has no say in."""

    def replace(params: dict[str, Any], **_: object) -> None:
        params["body"] = json.dumps(members).encode()

    client.meta.events.register("before-call.*.CreateGateway", replace)
    reply: dict[str, Any] = client.create_gateway(**GATEWAY)
    return reply
