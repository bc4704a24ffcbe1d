"""A gateway with a policy engine on a whole laptop cloud: real IAM, real logs, and a restart."""

import json
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from localcloud.agentcore.gateway.decisions import log_group
from localcloud.client_environment import client_variables
from tests.support.laptop import Laptop
from tests.support.rpc import Gateway
from tests.support.waiting import wait

pytestmark = pytest.mark.laptop

ROLE = "policy-gateway"
SCHEMA = {
    "name": "greet",
    "description": "Greet a pet",
    "inputSchema": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "note": {"type": "string"}},
        "required": ["name"],
    },
}


def role(laptop: Laptop) -> str:
    """Make the gateway's role, which may do nothing yet."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = laptop.client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def allow(laptop: Laptop, *resources: str) -> None:
    """Let the gateway's role ask its engine, as the guide has it."""
    actions = (
        "GetPolicyEngine",
        "AuthorizeAction",
        "PartiallyAuthorizeActions",
        "CheckAuthorizePermissions",
    )
    statement = {
        "Effect": "Allow",
        "Action": [f"bedrock-agentcore:{action}" for action in actions],
        "Resource": resources,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    laptop.client("iam").put_role_policy(
        RoleName=ROLE, PolicyName="engine", PolicyDocument=document
    )


def ask(laptop: Laptop, url: str, method: str, params: object = None) -> dict[str, Any]:
    """Send one MCP request, signed as the cloud's root user."""
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    headers = {"content-type": "application/json"}
    request = AWSRequest("POST", url, headers=headers, data=json.dumps(message).encode())
    variables = client_variables(laptop.settings)
    keys = Credentials(variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(keys, "bedrock-agentcore", laptop.settings.region).add_auth(request)
    with Gateway.http(laptop) as http:
        answer: httpx.Response = http.post(
            url, content=request.data, headers=dict(request.headers.items())
        )
    told: dict[str, Any] = answer.json()
    return told


def denied(laptop: Laptop, url: str, name: str) -> bool:
    arguments = {"name": name, "note": "between us"}
    answer = ask(laptop, url, "tools/call", {"name": "Pets___greet", "arguments": arguments})
    return bool(answer.get("error", {}).get("code") == -32002)


def guarded(laptop: Laptop, control: Any) -> tuple[dict[str, Any], dict[str, str]]:  # noqa: ANN401 - a boto3 client
    """Make a gateway with one tool and an empty engine; return it and what names the engine."""
    engine = control.create_policy_engine(name="Pets")
    names = {"policyEngineId": engine["policyEngineId"]}
    control.get_waiter("policy_engine_active").wait(**names, WaiterConfig={"Delay": 1})
    wanted = {
        "name": "Pets",
        "roleArn": role(laptop),
        "protocolType": "MCP",
        "authorizerType": "AWS_IAM",
        "policyEngineConfiguration": {"arn": engine["policyEngineArn"], "mode": "ENFORCE"},
    }
    with pytest.raises(ClientError, match="Access denied while calling GetPolicyEngine"):
        control.create_gateway(**wanted)
    account = engine["policyEngineArn"].split(":")[4]
    gateways = f"arn:aws:bedrock-agentcore:{laptop.settings.region}:{account}:gateway/pets-*"
    allow(laptop, engine["policyEngineArn"], gateways)
    gateway = control.create_gateway(**wanted)
    identifier = {"gatewayIdentifier": gateway["gatewayId"]}
    wait(control, "GetGateway", "status", "READY", **identifier)
    function = f"arn:aws:lambda:{laptop.settings.region}:{account}:function:greeter"
    target = control.create_gateway_target(
        **identifier,
        name="Pets",
        targetConfiguration={
            "mcp": {"lambda": {"lambdaArn": function, "toolSchema": {"inlinePayload": [SCHEMA]}}}
        },
        credentialProviderConfigurations=[{"credentialProviderType": "GATEWAY_IAM_ROLE"}],
    )
    where = {**identifier, "targetId": target["targetId"]}
    wait(control, "GetGatewayTarget", "status", "READY", **where)
    return gateway, names


def test_a_gateway_goes_by_its_policies_and_writes_down_why(other_laptop: Laptop) -> None:
    laptop = other_laptop
    control = laptop.client("bedrock-agentcore-control")
    gateway, names = guarded(laptop, control)
    url = gateway["gatewayUrl"]
    assert denied(laptop, url, "Nemo")
    policy = control.create_policy(
        **names,
        name="NotBuddy",
        definition={
            "cedar": {
                "statement": "permit(principal is AgentCore::IamEntity, "
                'action == AgentCore::Action::"Pets___greet", '
                f'resource == AgentCore::Gateway::"{gateway["gatewayArn"]}") '
                'when { context.input.name != "Buddy" };'
            }
        },
    )
    control.get_waiter("policy_active").wait(
        **names, policyId=policy["policyId"], WaiterConfig={"Delay": 1}
    )
    assert not denied(laptop, url, "Nemo")
    assert denied(laptop, url, "Buddy")
    laptop.stop()
    laptop.start()
    assert denied(laptop, url, "Buddy")
    tools = ask(laptop, url, "tools/list")["result"]["tools"]
    assert [one["name"] for one in tools] == ["Pets___greet"]
    lines = decisions(laptop, gateway["gatewayId"], 4)
    assert [line["decision"] for line in lines] == ["DENY", "ALLOW", "DENY", "DENY"]
    assert lines[1]["determiningPolicies"] == [policy["policyId"]]
    names_written = [line["input"].get("name") for line in lines]
    assert names_written == [None, "Nemo", "Buddy", "Buddy"]
    assert "between us" not in json.dumps(lines)


def decisions(laptop: Laptop, gateway_id: str, count: int) -> list[dict[str, Any]]:
    """Return what the log says, the oldest first, once it says so much."""
    logs, group = laptop.client("logs"), log_group(gateway_id)
    wait(logs, "FilterLogEvents", "length(events)", count, logGroupName=group)
    events = logs.filter_log_events(logGroupName=group)["events"]
    return sorted((json.loads(event["message"]) for event in events), key=lambda one: one["time"])
