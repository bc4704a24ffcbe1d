"""Agents in other frameworks on AgentCore Runtime, asked by the platform's users."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from scripts.pack_example import pack
from tests.support.laptop import Laptop, Stack
from tests.support.platform_users import Users
from tests.support.rpc import Gateway
from tests.support.waiting import wait

pytestmark = pytest.mark.laptop

type Json = dict[str, Any]
type Ask = Callable[..., Json]

BUCKET = "code-of-examples"
TIMEOUT_S = 120
MEMORIES = ("CustomerMemoryId", "HandoverMemoryId")


def role(laptop: Laptop, stack: Stack, name: str) -> str:
    """Make a role that may use the memories, and nothing else; return its ARN."""
    iam = laptop.client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "bedrock-agentcore.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    made = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    memories = [f"arn:aws:bedrock-agentcore:*:*:memory/{stack.outputs[one]}" for one in MEMORIES]
    actions = [
        f"bedrock-agentcore:{one}" for one in ("CreateEvent", "ListEvents", "RetrieveMemoryRecords")
    ]
    allowed = {"Effect": "Allow", "Action": actions, "Resource": memories}
    iam.put_role_policy(
        RoleName=name,
        PolicyName="UseTheMemories",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    return str(made["Role"]["Arn"])


@pytest.fixture(scope="module", params=["strands", "crewai"])
def runtime(request: pytest.FixtureRequest, laptop: Laptop, stack: Stack) -> Iterator[str]:
    """The ARN of a runtime with an example, whose users come with tokens of the stack's pool."""
    name = f"{request.param}_support"
    s3, control = laptop.client("s3"), laptop.client("bedrock-agentcore-control")
    s3.create_bucket(Bucket=BUCKET)
    s3.upload_file(str(pack(request.param, laptop=True)), BUCKET, "agent.zip")
    made = control.create_agent_runtime(
        agentRuntimeName=name,
        agentRuntimeArtifact={
            "codeConfiguration": {
                "code": {"s3": {"bucket": BUCKET, "prefix": "agent.zip"}},
                "runtime": "PYTHON_3_12",
                "entryPoint": ["main.py"],
            }
        },
        roleArn=role(laptop, stack, name),
        networkConfiguration={"networkMode": "PUBLIC"},
        authorizerConfiguration={
            "customJWTAuthorizer": {
                "discoveryUrl": stack.outputs["DiscoveryUrl"],
                "allowedClients": [stack.outputs["UserPoolClientId"]],
            }
        },
        requestHeaderConfiguration={"requestHeaderAllowlist": ["Authorization"]},
        environmentVariables={
            "AGENT_MODEL": "offline",
            "GATEWAY_URL": stack.outputs["PlatformGatewayUrl"],
            "CUSTOMER_MEMORY_ID": stack.outputs["CustomerMemoryId"],
            "HANDOVER_MEMORY_ID": stack.outputs["HandoverMemoryId"],
        },
    )
    runtime_id = made["agentRuntimeId"]
    wait(control, "GetAgentRuntime", "status", "READY", agentRuntimeId=runtime_id)
    yield made["agentRuntimeArn"]
    control.delete_agent_runtime(agentRuntimeId=runtime_id)
    s3.delete_object(Bucket=BUCKET, Key="agent.zip")
    s3.delete_bucket(Bucket=BUCKET)
    iam = laptop.client("iam")
    iam.delete_role_policy(RoleName=name, PolicyName="UseTheMemories")
    iam.delete_role(RoleName=name)
    logs, prefix = laptop.client("logs"), f"/aws/bedrock-agentcore/runtimes/{runtime_id}"
    for group in logs.describe_log_groups(logGroupNamePrefix=prefix)["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])


@pytest.fixture
def ask(laptop: Laptop, stack: Stack, runtime: str) -> Ask:
    """Return what asks the agent as one of the platform's users, each in a session of their own."""
    users, host = Users(laptop, stack), "bedrock-agentcore.us-east-1.amazonaws.com"

    def asked(username: str, **payload: str) -> Json:
        headers = {
            "authorization": f"Bearer {users.gateway(username).token}",
            "x-amzn-bedrock-agentcore-runtime-session-id": f"session-{uuid.uuid4()}",
        }
        url = f"https://{host}/runtimes/{quote(runtime, safe='')}/invocations"
        with Gateway.http(laptop) as http:
            response = http.post(url, json=payload, headers=headers, timeout=TIMEOUT_S)
        assert response.status_code == 200, response.text
        reply: Json = response.json()
        return reply

    return asked


def test_an_agent_in_another_framework_works_for_whoever_asks_it(
    ask: Ask, laptop: Laptop, stack: Stack
) -> None:
    customer, session = f"c-{uuid.uuid4()}", f"s-{uuid.uuid4()}"
    about = {"customer_id": customer, "session_id": session}
    found = ask("support", prompt="Look up customer ACME-001", **about)
    assert "Jane Miller" in found["response"]
    tool = {"kind": "tool", "tool": "CRMTools___lookup_customer", "outcome": "ok"}
    assert tool in found["actions"]

    left = ask("support", prompt="Hand over to the sales-agent", **about)
    assert {"kind": "hand-over", "to": "sales-agent"} in left["actions"]
    events = laptop.client("bedrock-agentcore").list_events(
        memoryId=stack.outputs["HandoverMemoryId"], actorId=customer, sessionId=session
    )["events"]
    assert [one["metadata"]["toAgent"]["stringValue"] for one in events] == ["sales-agent"]
