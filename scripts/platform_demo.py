"""What `make demo` shows of the platform: who may do what at its gateway, and by which policy."""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import boto3

from assistant.cognito import PasswordLogin
from assistant.errors import CallRefused
from assistant.gateway import Gateway, open_gateway
from assistant.tokens import TokenSource
from scripts import platform_agents_demo
from scripts.platform_decisions import DEFAULT, Decisions, PlatformFailed, decisions_of, expect

SEARCH = "x_amz_bedrock_agentcore_search"
SHOWN = 240
"""Characters of an answer that are printed."""

CUSTOMER = "ACME-001"


@dataclass(frozen=True)
class Step:
    """A call by one of the users: what must come of it, by which policy."""

    user: str
    tool: str
    arguments: Mapping[str, Any]
    allowed: bool
    policy: str


LOOK_UP = "CRMTools___lookup_customer"
STEPS = (
    Step(
        "auditor",
        LOOK_UP,
        {"account_id": CUSTOMER},
        True,
        "audit_readonly_access",
    ),
    Step(
        "auditor",
        "TicketingTools___create_ticket",
        {"project_key": "OPS", "summary": "-", "issue_type": "Task"},
        False,
        DEFAULT,
    ),
    Step(
        "manager",
        "CRMTools___delete_customer",
        {"account_id": CUSTOMER},
        False,
        "forbid_customer_deletion",
    ),
)


def show(outputs: Mapping[str, str]) -> None:
    """Let users call tools, and ask agents; `outputs` are the stack's.

    Raises:
        PlatformFailed: something is not as it should be.
    """
    decisions = decisions_of(outputs)
    asyncio.run(_call_tools(outputs, decisions))
    platform_agents_demo.show(outputs, decisions, lambda user: _tokens(outputs, user).current())


async def _call_tools(outputs: Mapping[str, str], decisions: Decisions) -> None:
    async with AsyncExitStack() as stack:
        users = {
            name: await stack.enter_async_context(_gateway(outputs, name))
            for name in ("support", "sales", "auditor", "manager")
        }
        for name, gateway in users.items():
            listed = [tool.name for tool in await gateway.list_tools() if tool.name != SEARCH]
            print(f"{name} sees {len(listed)} tools: {', '.join(listed)}")
        for step in STEPS:
            await _take(step, users[step.user], decisions)
        await _find(users["support"])


async def _take(step: Step, gateway: Gateway, decisions: Decisions) -> None:
    print(f"\n{step.user}: {step.tool} {json.dumps(step.arguments)}")
    try:
        reply = await gateway.call(step.tool, step.arguments)
        answered, text = not reply.is_error, reply.text
    except CallRefused as refusal:
        answered, text = False, str(refusal)
    print(f"  {text[:SHOWN]}")
    decision = "ALLOW" if step.allowed else "DENY"
    expect(decisions, f"{step.user} {step.tool}", decision, step.policy)
    if answered != step.allowed:
        raise PlatformFailed(f"{step.user} {step.tool} should have been {decision}")


async def _find(gateway: Gateway) -> None:
    query = "who is the person that wrote to us from this address?"
    print(f"\nsupport looks for a tool: {query}")
    found = json.loads((await gateway.call(SEARCH, {"query": query})).text)["tools"]
    names = [tool["name"] for tool in found]
    print(f"  {', '.join(names)}")
    if names[:1] != [LOOK_UP]:
        raise PlatformFailed(f"{LOOK_UP} should have been the first tool found")


def _gateway(outputs: Mapping[str, str], username: str) -> Any:  # noqa: ANN401 - a context manager
    return open_gateway(outputs["PlatformGatewayUrl"], _tokens(outputs, username))


def _tokens(outputs: Mapping[str, str], username: str) -> TokenSource:
    secrets: Any = boto3.client("secretsmanager")
    secret = json.loads(
        secrets.get_secret_value(SecretId=outputs["PlatformUsersSecretArn"])["SecretString"]
    )
    login = PasswordLogin(
        boto3.client("cognito-idp"),
        outputs["UserPoolClientId"],
        username,
        secret["password"],
        time.time,
    )
    return TokenSource(login, now_s=time.time)
