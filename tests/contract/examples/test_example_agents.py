"""Agents in other frameworks: the same platform, the same request and reply."""

import pytest

from tests.contract.agentcore_gateway.world import access_token
from tests.contract.examples.conftest import Platform
from tests.support.example_agents import Agent, Example

LOOKUP = "Support___lookup_customer"


def support() -> str:
    """Return the access token of somebody in support."""
    return access_token(role="support")


def kinds(reply: dict[str, object]) -> list[object]:
    actions = reply["actions"]
    assert isinstance(actions, list)
    return [one["kind"] for one in actions]


def test_an_agent_calls_a_tool_with_the_users_own_token(
    agent: Agent, example: Example, platform: Platform
) -> None:
    platform.calls()
    customer = f"first-{example.name}"
    reply = agent.said(
        support(), prompt="Look up customer ACME-001", customer_id=customer, session_id="s-1"
    )
    assert "Jane Miller" in reply["response"]
    assert reply["actions"] == [
        {"kind": "recall", "found": 0},
        {"kind": "tool", "tool": LOOKUP, "outcome": "ok"},
        {"kind": "stored"},
    ]
    assert (reply["agent"], reply["customer_id"], reply["session_id"]) == (
        "support-agent",
        customer,
        "s-1",
    )
    assert platform.calls() == [{"customer_id": "ACME-001"}]


def test_a_call_that_a_policy_denies_is_told(agent: Agent, platform: Platform) -> None:
    platform.calls()
    reply = agent.said(support(), prompt="Look up customer GLOBEX-001")
    assert "could not lookup customer" in reply["response"]
    assert "Tool Execution Denied" in reply["response"]
    assert {"kind": "tool", "tool": LOOKUP, "outcome": "error"} in reply["actions"]
    assert platform.calls() == []


def test_another_user_has_other_tools(agent: Agent, platform: Platform) -> None:
    platform.calls()
    reply = agent.said(access_token(role="sales"), prompt="Look up customer ACME-001")
    assert "tool" not in kinds(reply)
    assert "lookup customer" not in reply["response"]
    assert platform.calls() == []


def test_a_hand_over_is_a_tool(agent: Agent, example: Example, platform: Platform) -> None:
    session = f"hand-over-{example.name}"
    prompt = "Hand over to the sales-agent."
    reply = agent.said(support(), prompt=prompt, customer_id="c-1", session_id=session)
    assert {"kind": "hand-over", "to": "sales-agent"} in reply["actions"]
    assert "sales-agent goes on" in reply["response"]
    left = platform.memory.pending_hand_over("c-1", session, "sales-agent")
    assert left is not None
    assert (left.from_agent, left.summary) == ("support-agent", prompt)


def test_what_is_left_to_it_is_taken_over(
    agent: Agent, example: Example, platform: Platform
) -> None:
    session = f"taken-{example.name}"
    platform.memory.hand_over("sales-agent", "support-agent", "c-2", session, "No signal")
    said = {"prompt": "Look up customer ACME-001", "customer_id": "c-2", "session_id": session}
    reply = agent.said(support(), **said)
    assert {"kind": "hand-over-taken", "from": "sales-agent"} in reply["actions"]
    assert platform.memory.pending_hand_over("c-2", session) is None
    assert "hand-over-taken" not in kinds(agent.said(support(), **said))


def test_what_was_said_is_kept_and_known_the_next_time(
    agent: Agent, example: Example, platform: Platform
) -> None:
    customer = f"kept-{example.name}"
    prompt = "I want to upgrade my plan to Enterprise."
    reply = agent.said(support(), prompt=prompt, customer_id=customer, session_id="s-1")
    kept = platform.memory.session_history("customers", customer, "s-1")
    assert [(one.role, one.text) for one in kept] == [
        ("USER", prompt),
        ("ASSISTANT", reply["response"]),
    ]
    platform.laptop.settle()
    later = agent.said(support(), prompt="Which plan do I want?", customer_id=customer)
    assert later["actions"][0] == {"kind": "recall", "found": 1}


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"prompt": " "},
        {"prompt": "One?", "customer_id": "a/b"},
        {"prompt": "One?", "session_id": ""},
        {"prompt": "One?", "secret": "admin"},
    ],
)
def test_a_payload_that_is_wrong_is_refused_and_not_repeated(
    agent: Agent, payload: dict[str, str]
) -> None:
    response = agent.ask(support(), **payload)
    assert (response.status_code, response.json()["code"]) == (400, "invalid-request")
    assert "secret" not in response.text


def test_without_a_token_nothing_is_done(agent: Agent, platform: Platform) -> None:
    response = agent.ask(None, prompt="One?", customer_id="nobody", session_id="s-1")
    assert (response.status_code, response.json()["code"]) == (401, "no-token")
    assert platform.memory.session_history("customers", "nobody", "s-1") == []


def test_a_token_that_the_gateway_refuses_is_told(agent: Agent) -> None:
    response = agent.ask(access_token(client_id="another"), prompt="One?")
    assert (response.status_code, response.json()["code"]) == (503, "gateway-unreachable")


def test_an_agent_tells_nobody_else(agent: Agent, platform: Platform) -> None:
    """Neither a log, nor the makers of the framework."""
    token = support()
    agent.said(token, prompt="Look up customer ACME-001", customer_id="secret-customer")
    agent.said(token, prompt="Look up customer GLOBEX-001", customer_id="secret-customer")
    agent.ask(access_token(client_id="another"), prompt="Look up customer ACME-001")
    printed = agent.printed.read_text("utf-8")
    assert "Invocation" in printed
    for told in ("Jane Miller", "ACME-001", "GLOBEX-001", "secret-customer", token[-20:]):
        assert told not in printed, printed
    platform.outside.setblocking(False)
    with pytest.raises(BlockingIOError):  # nobody has tried to connect
        platform.outside.accept()
