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
from platform_memory.manager import PlatformMemory

SEARCH = "x_amz_bedrock_agentcore_search"
LOG_WAIT_S = 10.0
LOG_INTERVAL_S = 0.1
SHOWN = 240
"""Characters of an answer that are printed."""

CUSTOMER = "ACME-001"
SESSION = "demo-hand-over"


class PlatformFailed(Exception):
    """The platform did not answer as it should."""

    code = "PlatformFailed"


@dataclass(frozen=True)
class Step:
    """A call by one of the users: what must come of it, by which policy (None: by default)."""

    user: str
    tool: str
    arguments: Mapping[str, Any]
    allowed: bool
    policy: str | None


LOOK_UP = Step(
    "support",
    "CRMTools___lookup_customer",
    {"email": "jane.miller@acme.example"},
    True,
    "tenant_a_crm_access",
)
CRITICAL = {"account_id": CUSTOMER, "subject": "Down", "description": "-", "priority": "Critical"}
STEPS = (
    LOOK_UP,
    Step("support", "CRMTools___create_case", CRITICAL, False, "high_priority_case_restriction"),
    Step(
        "sales",
        "CRMTools___get_opportunities",
        {"account_id": CUSTOMER},
        True,
        "tenant_b_sales_access",
    ),
    Step(
        "auditor",
        "CRMTools___lookup_customer",
        {"account_id": CUSTOMER},
        True,
        "audit_readonly_access",
    ),
    Step(
        "auditor",
        "TicketingTools___create_ticket",
        {"project_key": "OPS", "summary": "-", "issue_type": "Task"},
        False,
        None,
    ),
    Step(
        "manager",
        "CRMTools___delete_customer",
        {"account_id": CUSTOMER},
        False,
        "forbid_customer_deletion",
    ),
)


@dataclass
class Decisions:
    """The gateway's decision log, read on from where it was read last."""

    logs: Any
    group: str
    names: Mapping[str, str]
    """Of policies, by id."""
    since_ms: int
    seen: int = 0

    def next(self) -> Mapping[str, Any]:
        """Return the next decision, which is written behind the call.

        Raises:
            PlatformFailed: there is none.
        """
        end_s = time.monotonic() + LOG_WAIT_S
        while time.monotonic() < end_s:
            found = self._all()
            if len(found) > self.seen:
                self.seen += 1
                return found[self.seen - 1]
            time.sleep(LOG_INTERVAL_S)
        raise PlatformFailed("the decision log has no line for the call")

    def _all(self) -> list[Mapping[str, Any]]:
        pages = self.logs.get_paginator("filter_log_events").paginate(
            logGroupName=self.group, startTime=self.since_ms
        )
        return [json.loads(event["message"]) for page in pages for event in page["events"]]


def show(outputs: Mapping[str, str]) -> None:
    """Let users call tools, and hand a customer over; `outputs` are the stack's.

    Raises:
        PlatformFailed: something is not as it should be.
    """
    asyncio.run(_call_tools(outputs))
    _hand_over(outputs)


async def _call_tools(outputs: Mapping[str, str]) -> None:
    decisions = _decisions(outputs)
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
    decision = decisions.next()
    deciding = [decisions.names.get(one, one) for one in decision["determiningPolicies"]]
    print(f"  {decision['decision']} by {', '.join(deciding) or 'default'}")
    if answered != step.allowed or (step.policy or "default") not in (deciding or ["default"]):
        raise PlatformFailed(f"{step.user} {step.tool}: {decision['decision']} by {deciding}")


async def _find(gateway: Gateway) -> None:
    query = "who is the person that wrote to us from this address?"
    print(f"\nsupport looks for a tool: {query}")
    found = json.loads((await gateway.call(SEARCH, {"query": query})).text)["tools"]
    names = [tool["name"] for tool in found]
    print(f"  {', '.join(names)}")
    if names[:1] != [LOOK_UP.tool]:
        raise PlatformFailed(f"{LOOK_UP.tool} should have been the first tool found")


def _hand_over(outputs: Mapping[str, str]) -> None:
    client = boto3.client("bedrock-agentcore")
    memory = PlatformMemory(client, {"handoffs": outputs["HandoverMemoryId"]})
    summary = "Wants to go from Professional to Enterprise, billed yearly."
    context = {"current_plan": "Professional", "desired_plan": "Enterprise"}
    print("\nsupport-agent hands the customer over to sales-agent")
    memory.hand_over("support-agent", "sales-agent", CUSTOMER, SESSION, summary, context)
    taken = memory.pending_hand_over(CUSTOMER, SESSION, "sales-agent")
    if taken is None or (taken.summary, dict(taken.context)) != (summary, context):
        raise PlatformFailed("the hand-over should have reached sales-agent")
    memory.take_over(taken)
    print(f"  sales-agent reads: {taken.summary} {json.dumps(dict(taken.context))}")


def _decisions(outputs: Mapping[str, str]) -> Decisions:
    engine_id = outputs["PlatformPolicyEngineId"]
    control: Any = boto3.client("bedrock-agentcore-control")
    pages = control.get_paginator("list_policies").paginate(policyEngineId=engine_id)
    end = f"_{engine_id.rpartition('-')[2]}"  # what the stack puts behind a policy's name
    listed = [one for page in pages for one in page["policies"]]
    names = {one["policyId"]: one["name"].removesuffix(end) for one in listed}
    group = (
        "/aws/vendedlogs/bedrock-agentcore/gateway/APPLICATION_LOGS/" + outputs["PlatformGatewayId"]
    )
    return Decisions(boto3.client("logs"), group, names, int(time.time() * 1000))


def _gateway(outputs: Mapping[str, str], username: str) -> Any:  # noqa: ANN401 - a context manager
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
    return open_gateway(outputs["PlatformGatewayUrl"], TokenSource(login, now_s=time.time))
