"""A Smithy model on the engine's DynamoDB, and an MCP server on Runtime, behind one gateway."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import starlette

from tests.support.agent_runtimes import archive, wanted
from tests.support.laptop import ROOT, Laptop
from tests.support.rpc import Gateway
from tests.support.waiting import wait

pytestmark = pytest.mark.laptop

NAME = "kinds"
MODEL = (ROOT / "schemas" / "dynamodb-read.smithy.json").read_text(encoding="utf-8")
SITE = Path(starlette.__file__).parents[1]
SERVER = f"""
import sys
sys.path.append({str(SITE)!r})
from mcp.server import MCPServer

server = MCPServer("greeter")


@server.tool()
def greet(name: str) -> str:
    "Greet somebody."
    return f"Hello {{name}}"


server.run("streamable-http", host="0.0.0.0", port=8000, stateless_http=True)
"""


def make_role(laptop: Laptop, name: str, allowed: list[dict[str, Any]]) -> str:
    trusted = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    iam = laptop.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document([trusted]))
    iam.put_role_policy(RoleName=name, PolicyName="allowed", PolicyDocument=document(allowed))
    return str(made["Role"]["Arn"])


def document(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action: str, resource: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


@pytest.fixture
def gateway(other_laptop: Laptop) -> Iterator[dict[str, Any]]:
    """A gateway anybody may call, on a laptop that is left behind with all that is in it."""
    allowed = [allow("dynamodb:GetItem", "*"), allow("bedrock-agentcore:InvokeAgentRuntime", "*")]
    control = other_laptop.client("bedrock-agentcore-control")
    made = control.create_gateway(
        name=NAME,
        roleArn=make_role(other_laptop, NAME, allowed),
        protocolType="MCP",
        authorizerType="NONE",
        exceptionLevel="DEBUG",
    )
    wait(control, "GetGateway", "status", "READY", gatewayIdentifier=made["gatewayId"])
    yield made


def add_target(
    laptop: Laptop, gateway: dict[str, Any], name: str, target: dict[str, Any], **provider: object
) -> None:
    control = laptop.client("bedrock-agentcore-control")
    made = control.create_gateway_target(
        gatewayIdentifier=gateway["gatewayId"],
        name=name,
        targetConfiguration={"mcp": target},
        credentialProviderConfigurations=[
            {"credentialProviderType": "GATEWAY_IAM_ROLE", **provider}
        ],
    )
    identifiers = {"gatewayIdentifier": gateway["gatewayId"], "targetId": made["targetId"]}
    wait(control, "GetGatewayTarget", "status", "READY", **identifiers)


@pytest.mark.fidelity("gateway.smithy-call")
def test_the_shipped_model_reads_a_table_with_the_gateways_role(
    other_laptop: Laptop, gateway: dict[str, Any]
) -> None:
    tables = other_laptop.client("dynamodb")
    tables.create_table(
        TableName="pets",
        KeySchema=[{"AttributeName": "petId", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "petId", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"petId": {"S": "1"}, "toys": {"L": [{"M": {"name": {"S": "ball"}}}]}}
    tables.put_item(TableName="pets", Item=item)
    add_target(other_laptop, gateway, "Tables", {"smithyModel": {"inlinePayload": MODEL}})
    tools = Gateway(gateway["gatewayUrl"], other_laptop, None)

    found = tools.call("Tables___GetItem", TableName="pets", Key={"petId": {"S": "1"}})
    assert json.loads(found["content"][0]["text"])["Item"] == item

    refused = tools.call("Tables___Scan", TableName="pets")
    assert refused["isError"] is True
    assert "dynamodb:Scan" in refused["content"][0]["text"]


@pytest.mark.fidelity("gateway.mcp-runtime")
def test_a_server_on_runtime_is_called_through_the_gateway(
    other_laptop: Laptop, gateway: dict[str, Any]
) -> None:
    other_laptop.client("s3").create_bucket(Bucket="code-bucket")
    content = archive({"main.py": SERVER})
    other_laptop.client("s3").put_object(Bucket="code-bucket", Key="agent.zip", Body=content)
    role = make_role(other_laptop, "server", [allow("s3:GetObject", "*"), allow("logs:*", "*")])
    control = other_laptop.client("bedrock-agentcore-control")
    protocol = {"serverProtocol": "MCP"}
    made = control.create_agent_runtime(**wanted(roleArn=role, protocolConfiguration=protocol))
    wait(control, "GetAgentRuntime", "status", "READY", agentRuntimeId=made["agentRuntimeId"])

    arn = quote(made["agentRuntimeArn"], safe="")
    host = "https://bedrock-agentcore.us-east-1.amazonaws.com"
    endpoint = f"{host}/runtimes/{arn}/invocations?qualifier=DEFAULT"
    provider = {"iamCredentialProvider": {"service": "bedrock-agentcore"}}
    server = {"mcpServer": {"endpoint": endpoint}}
    add_target(other_laptop, gateway, "Greeter", server, credentialProvider=provider)
    tools = Gateway(gateway["gatewayUrl"], other_laptop, None)

    greeted = tools.call("Greeter___greet", name="Nemo")
    assert greeted["structuredContent"] == {"result": "Hello Nemo"}
