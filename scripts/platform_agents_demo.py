"""What `make demo` shows of the platform's agents: each acts with the rights of who asks it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import boto3
import httpx2

from scripts.platform_decisions import Decisions, PlatformFailed, expect

CUSTOMER = "ACME-001"
TIMEOUT_S = 60.0
"""Of a request; the first one to an agent starts a session."""

SESSION_HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"

type TokenOf = Callable[[str], str]
"""A user's access token."""


@dataclass(frozen=True)
class Turn:
    """A request by one of the users: what must be said to it, and what policies must say."""

    user: str
    agent: str
    output: str
    prompt: str
    said: tuple[str, ...]
    decided: tuple[str, str] | None = None


SUPPORT = "support", "support-agent", "SupportAgentRuntimeArn"
SALES = "sales", "sales-agent", "SalesAgentRuntimeArn"
WISH = "The customer wants to upgrade from Professional to Enterprise, billed yearly."
TURNS = (
    Turn(
        *SUPPORT,
        "Who is jane.miller@acme.example?",
        ("Jane Miller",),
        ("ALLOW", "tenant_a_crm_access"),
    ),
    Turn(
        *SUPPORT,
        f'Create a case for account {CUSTOMER} with subject "Line down", description "No signal '
        'since Monday" and priority Critical.',
        ("I may not open a Critical case", "handed this over to sre-agent"),
        ("DENY", "high_priority_case_restriction"),
    ),
    Turn(*SUPPORT, WISH, ("handed this over to sales-agent",)),
    Turn(
        *SALES,
        "Which opportunities are there?",
        (f"Taken over from support-agent: {WISH}", "Annual support contract"),
        ("ALLOW", "tenant_b_sales_access"),
    ),
)


def show(outputs: Mapping[str, str], decisions: Decisions, token_of: TokenOf) -> None:
    """Let users ask agents, one after the other; `outputs` are the stack's.

    Raises:
        PlatformFailed: something is not as it should be.
    """
    session = uuid4().hex
    with httpx2.Client(timeout=TIMEOUT_S) as http:
        for turn in TURNS:
            print(f"\n{turn.user} asks {turn.agent}: {turn.prompt}")
            url = _url(outputs[turn.output])
            _take(turn, _ask(http, url, token_of(turn.user), turn.prompt, session), decisions)


def _take(turn: Turn, reply: Mapping[str, Any], decisions: Decisions) -> None:
    for line in reply["response"].splitlines():
        print(f"  {line}")
    done = [_put(one) for one in reply["actions"] if one["outcome"] != "none"]
    print(f"  done: {', '.join(done)}")
    missing = [one for one in turn.said if one not in reply["response"]]
    if missing or reply["agent"] != turn.agent:
        raise PlatformFailed(f"{turn.agent} should have said: {', '.join(missing)}")
    if turn.decided:
        expect(decisions, f"{turn.user} by way of {turn.agent}", *turn.decided)


def _put(action: Mapping[str, Any]) -> str:
    about = next((action[key] for key in ("name", "to", "from", "store") if key in action), "")
    return f"{action['kind']} {about} {action['outcome']}"


def _ask(http: httpx2.Client, url: str, token: str, prompt: str, session: str) -> Any:  # noqa: ANN401
    answer = http.post(
        url,
        headers={"Authorization": f"Bearer {token}", SESSION_HEADER: f"demo-{session}"},
        json={"prompt": prompt, "customer_id": CUSTOMER, "session_id": session},
    )
    if not answer.is_success:
        raise PlatformFailed(f"the agent answers {answer.status_code}")
    return json.loads(answer.content)


def _url(arn: str) -> str:
    host = boto3.client("bedrock-agentcore").meta.endpoint_url
    return f"{host}/runtimes/{quote(arn, safe='')}/invocations?qualifier=DEFAULT"
