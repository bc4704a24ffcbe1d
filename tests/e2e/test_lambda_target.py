"""A gateway with a function as its target, made by hand with boto3."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.laptop import Laptop
from tests.support.rpc import Gateway

pytestmark = pytest.mark.laptop

CODE = """
class Sold(Exception):
    pass


def handler(event, context):
    if event["name"] == "Buddy":
        raise Sold("Buddy was sold")
    return {"arguments": event, "custom": context.client_context.custom}
"""
SCHEMA = {
    "name": "greet",
    "description": "Greet a pet",
    "inputSchema": {
        "type": "object",
        "properties": {"name": {"type": "string"}},
        "required": ["name"],
    },
}
NAME = "greeter"


def trust(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def role(laptop: Laptop, name: str, service: str) -> str:
    iam = laptop.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))
    return str(made["Role"]["Arn"])


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as files:
        files.writestr("app.py", CODE)
    return content.getvalue()


@pytest.fixture(scope="module")
def function_arn(laptop: Laptop) -> Iterator[str]:
    functions = laptop.client("lambda")
    made = functions.create_function(
        FunctionName=NAME,
        Runtime="python3.12",
        Handler="app.handler",
        Role=role(laptop, "greeter-function", "lambda.amazonaws.com"),
        Code={"ZipFile": archive()},
    )
    yield made["FunctionArn"]
    functions.delete_function(FunctionName=NAME)
    laptop.client("iam").delete_role(RoleName="greeter-function")


@pytest.fixture
def gateway(laptop: Laptop, function_arn: str) -> Iterator[dict[str, Any]]:
    """A gateway anybody may call; its role may not yet invoke the function."""
    control = laptop.client("bedrock-agentcore-control")
    arn = role(laptop, "greeter-gateway", "bedrock-agentcore.amazonaws.com")
    made = control.create_gateway(
        name=NAME, roleArn=arn, protocolType="MCP", authorizerType="NONE", exceptionLevel="DEBUG"
    )
    gateway_id = made["gatewayId"]
    until_ready(lambda: control.get_gateway(gatewayIdentifier=gateway_id))
    configuration = {"lambdaArn": function_arn, "toolSchema": {"inlinePayload": [SCHEMA]}}
    target = control.create_gateway_target(
        gatewayIdentifier=gateway_id,
        name="Greeter",
        targetConfiguration={"mcp": {"lambda": configuration}},
        credentialProviderConfigurations=[{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
    )
    identifiers = {"gatewayIdentifier": gateway_id, "targetId": target["targetId"]}
    until_ready(lambda: control.get_gateway_target(**identifiers))
    yield made | {"targetId": target["targetId"]}
    control.delete_gateway_target(**identifiers)
    until_gone(lambda: control.list_gateway_targets(gatewayIdentifier=gateway_id)["items"])
    control.delete_gateway(gatewayIdentifier=gateway_id)
    iam = laptop.client("iam")
    for policy in iam.list_role_policies(RoleName="greeter-gateway")["PolicyNames"]:
        iam.delete_role_policy(RoleName="greeter-gateway", PolicyName=policy)
    iam.delete_role(RoleName="greeter-gateway")


def until_ready(look: Any) -> None:  # noqa: ANN401 - a boto3 call
    for _ in range(100):
        if look()["status"] == "READY":
            return
    pytest.fail(f"not READY: {look()}")


def until_gone(look: Any) -> None:  # noqa: ANN401 - a boto3 call
    for _ in range(100):
        if not look():
            return
    pytest.fail(f"still there: {look()}")


def let_it_invoke(laptop: Laptop, function_arn: str) -> None:
    statement = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": function_arn}
    laptop.client("iam").put_role_policy(
        RoleName="greeter-gateway",
        PolicyName="invoke",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )


def call(laptop: Laptop, gateway: dict[str, Any], name: str) -> dict[str, Any]:
    return Gateway(gateway["gatewayUrl"], laptop, None).call("Greeter___greet", name=name)


@pytest.mark.fidelity("laptop.client-context")
def test_a_function_gets_the_arguments_and_who_called_in_its_client_context(
    laptop: Laptop, gateway: dict[str, Any], function_arn: str
) -> None:
    let_it_invoke(laptop, function_arn)

    result = call(laptop, gateway, "Nemo")

    got = json.loads(result["content"][0]["text"])
    assert got["arguments"] == {"name": "Nemo"}
    assert got["custom"]["bedrockAgentCoreToolName"] == "Greeter___greet"
    assert got["custom"]["bedrockAgentCoreGatewayId"] == gateway["gatewayId"]
    assert got["custom"]["bedrockAgentCoreTargetId"] == gateway["targetId"]


def test_without_permission_the_gateways_role_is_refused(
    laptop: Laptop, gateway: dict[str, Any], function_arn: str
) -> None:
    result = call(laptop, gateway, "Nemo")

    assert result["isError"] is True
    assert f"Access denied while invoking Lambda function {function_arn}" in json.dumps(result)


@pytest.mark.fidelity("laptop.function-error")
def test_what_a_function_raises_is_named_by_its_class(
    laptop: Laptop, gateway: dict[str, Any], function_arn: str
) -> None:
    let_it_invoke(laptop, function_arn)

    result = call(laptop, gateway, "Buddy")
    invoked = laptop.client("lambda").invoke(FunctionName=NAME, Payload=b'{"name": "Buddy"}')

    assert result["isError"] is True
    assert invoked["FunctionError"] == "Unhandled"
    error = json.loads(invoked["Payload"].read())
    assert (error["errorType"], error["errorMessage"]) == ("Sold", "Buddy was sold")
