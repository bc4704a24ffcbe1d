"""The orchestrator on its runtime: who gets a request, asked as users of the platform do."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from platform_memory.manager import HAND_OVERS, PlatformMemory
from tests.support.laptop import Cloud, Stack
from tests.support.platform_users import Users
from tests.support.rpc import Gateway

type Json = dict[str, Any]

SESSION_HEADER = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
CUSTOMER = "ACME-001"
TIMEOUT_S = 90
CRITICAL = (
    'Create a case for account ACME-001 with subject "Login", description "Jane is locked out" '
    "and priority Critical"
)


@dataclass(frozen=True)
class Orchestrators:
    """The stack's orchestrator, as users ask it: with nothing but a token."""

    cloud: Cloud
    stack: Stack
    users: Users

    @property
    def arn(self) -> str:
        return self.stack.outputs["OrchestratorRuntimeArn"]

    def ask(self, username: str, prompt: str, session: str | None = None) -> Json:
        """Return the reply to a question about CUSTOMER, by default in a new conversation."""
        ids = {"customer_id": CUSTOMER, "session_id": session or uuid4().hex}
        token = self.users.gateway(username).token
        status, reply = self.post(f"Bearer {token}", {"prompt": prompt, **ids})
        assert status == 200, reply
        assert reply["response"]
        assert reply["agent"] == reply["routing"]["agent"]
        return reply

    def post(self, authorization: str, payload: Json) -> tuple[int, Json]:
        """Return the status and the body. All tests ask in one session: it starts but once."""
        host = f"bedrock-agentcore.{self.arn.split(':')[3]}.amazonaws.com"
        url = f"https://{host}/runtimes/{quote(self.arn, safe='')}/invocations?qualifier=DEFAULT"
        headers = {
            "Authorization": authorization,
            SESSION_HEADER: "orchestrator-tests".ljust(33, "-"),
        }
        with Gateway.http(self.cloud) as http:
            answer = http.post(url, headers=headers, json=payload, timeout=TIMEOUT_S)
        body: Json = answer.json()
        return answer.status_code, body


@pytest.fixture(scope="module")
def orchestrator(cloud: Cloud, stack: Stack) -> Orchestrators:
    return Orchestrators(cloud, stack, Users(cloud, stack))


@pytest.fixture
def hand_overs(cloud: Cloud, stack: Stack) -> PlatformMemory:
    stores = {HAND_OVERS: stack.outputs["HandoverMemoryId"]}
    return PlatformMemory(cloud.client("bedrock-agentcore"), stores)


def kinds(actions: list[Json]) -> set[tuple[str, str]]:
    return {(one["kind"], one["outcome"]) for one in actions}


@pytest.mark.parametrize(
    ("username", "prompt", "agent"),
    [
        ("support", "Please look up the customer jane.miller@acme.example", "support-agent"),
        ("sales", "Show me the open opportunities of this account", "sales-agent"),
        ("manager", "The pricing page is down for every visitor", "sre-agent"),
    ],
)
def test_a_request_gets_to_its_team_and_is_answered_there(
    orchestrator: Orchestrators, username: str, prompt: str, agent: str
) -> None:
    routing = orchestrator.ask(username, prompt)["routing"]
    assert (routing["agent"], routing["by"], routing["via"]) == (agent, "classifier", [])
    assert routing["confidence"] >= 0.5
    assert routing["evidence"]


def test_a_team_without_an_agent_is_stood_in_for_by_support(orchestrator: Orchestrators) -> None:
    routing = orchestrator.ask("support", "I want a refund for the plan I bought")["routing"]
    assert (routing["agent"], routing["by"]) == ("support-agent", "default")
    assert "finance-agent, which is not deployed" in routing["reason"]


def test_a_hand_over_wins_and_the_agent_that_took_it_goes_on(
    orchestrator: Orchestrators, hand_overs: PlatformMemory
) -> None:
    session = uuid4().hex
    hand_overs.hand_over("support-agent", "sales-agent", CUSTOMER, session, "Wants to upgrade.")
    over = orchestrator.ask("sales", "The site is down for everybody", session)
    assert (over["routing"]["agent"], over["routing"]["by"]) == ("sales-agent", "hand-over")
    assert ("hand-over-taken", "ok") in kinds(over["actions"])
    assert hand_overs.pending_hand_over(CUSTOMER, session) is None
    after = orchestrator.ask("sales", "hello again", session)
    assert (after["routing"]["agent"], after["routing"]["by"]) == ("sales-agent", "hand-over")
    elsewhere = orchestrator.ask("sales", "hello again")
    assert (elsewhere["routing"]["agent"], elsewhere["routing"]["by"]) == (
        "support-agent",
        "default",
    )


def test_a_hand_over_in_the_turn_is_followed_and_both_answers_are_there(
    orchestrator: Orchestrators,
) -> None:
    reply = orchestrator.ask("support", CRITICAL)
    assert (reply["routing"]["agent"], reply["routing"]["by"]) == ("sre-agent", "hand-over")
    assert ("hand-over-taken", "ok") in kinds(reply["actions"])
    [before] = reply["routing"]["via"]
    assert (before["agent"], before["by"]) == ("support-agent", "classifier")
    assert {("tool", "denied"), ("hand-over", "ok")} <= kinds(before["actions"])


def test_without_a_good_token_nobody_is_asked(orchestrator: Orchestrators) -> None:
    status, _ = orchestrator.post("Bearer e30.e30.e30", {"prompt": "hello"})
    assert status == 401


def test_a_user_without_any_tool_and_a_payload_that_is_none_are_told_apart(
    orchestrator: Orchestrators, token: str
) -> None:
    for payload, inside in (({"prompt": "hello"}, 403), ({"question": "hello"}, 400)):
        status, body = orchestrator.post(f"Bearer {token}", payload)
        assert status == 424
        assert f"({inside})" in body["message"]


def test_a_command_asks_for_people(orchestrator: Orchestrators) -> None:
    command = (".venv/bin/python", "-m", "orchestrator.ask", "Is the site down?", "--json")
    names = {"STACK_NAME": orchestrator.stack.name}
    done = orchestrator.cloud.run(*command, "--customer", CUSTOMER, "--as", "manager", extra=names)
    assert done.status == 0, done.output
    assert json.loads(done.output)["routing"]["agent"] == "sre-agent"
