"""Policies decide about calls: what is allowed, how a denial looks, who a caller is."""

import json
from collections.abc import Iterator
from functools import partial

import pytest

from localcloud.agentcore.gateway import Choices
from tests.support.fake_cloud import ACCOUNT_ID
from tests.support.planes import opened
from tests.support.policy_plane import OPEN, Client, Desk, PolicyLaptop, signed_by

DENIED = "Tool Execution Denied: Tool call not allowed due to policy enforcement "
SUPPORT_LOOKS_UP = """
permit(principal is AgentCore::OAuthUser,
  action == AgentCore::Action::"Support___lookup_customer", resource == GATEWAY)
when { principal.hasTag("role") && principal.getTag("role") == "support" };"""
NOBODY_DELETES = """
forbid(principal, action == AgentCore::Action::"Support___delete_customer", resource == GATEWAY);"""
NO_CRITICAL_CASES = """
permit(principal is AgentCore::OAuthUser,
  action == AgentCore::Action::"Support___create_case", resource == GATEWAY)
when { context.input.priority != "Critical" };"""
CASE = {"subject": "No signal", "priority": "High"}
CUSTOMER = {"customer_id": "c-1"}


@pytest.mark.fidelity("agentcore-policy.default-deny")
def test_an_engine_without_policies_denies_every_call(desk: Desk) -> None:
    answer = desk.call("lookup_customer", CUSTOMER)
    assert answer == {
        "jsonrpc": "2.0",
        "id": 7,
        "error": {
            "code": -32002,
            "message": DENIED + "[No policy applies to the request (denied by default).]",
        },
    }
    assert desk.listed() == []


@pytest.mark.fidelity("agentcore-policy.deny-form")
def test_a_denial_names_the_policy_that_forbids_in_a_200(desk: Desk) -> None:
    desk.policy("Everything", OPEN)
    forbid = desk.policy("NobodyDeletes", NOBODY_DELETES)
    params = {"name": "Support___delete_customer", "arguments": CUSTOMER}
    response = desk.rpc("tools/call", params)
    assert response.status == 200
    reason = f"[Policy evaluation denied due to {forbid['policyId']}]"
    assert json.loads(response.body)["error"] == {"code": -32002, "message": DENIED + reason}


@pytest.fixture
def older(laptop: PolicyLaptop) -> Iterator[Desk]:
    make = partial(PolicyLaptop, choices=Choices(denied_as="result"))
    with opened(make) as made, made.client() as control:
        yield Desk(made, control)


@pytest.mark.fidelity("agentcore-policy.deny-form")
def test_a_denial_can_be_a_result_as_it_was_seen_before(older: Desk) -> None:
    assert older.call("lookup_customer", CUSTOMER)["result"] == {
        "content": [
            {
                "type": "text",
                "text": f"AuthorizeActionException - {DENIED}"
                "[No policy applies to the request (denied by default).]",
            }
        ],
        "isError": True,
    }


@pytest.mark.fidelity("agentcore-policy.principal.claims")
def test_claims_are_tags_that_policies_read(desk: Desk) -> None:
    desk.policy("SupportLooksUp", SUPPORT_LOOKS_UP)
    assert desk.allows("lookup_customer", CUSTOMER, role="support")
    assert not desk.allows("lookup_customer", CUSTOMER, role="sales")
    assert not desk.allows("lookup_customer", CUSTOMER)


@pytest.mark.fidelity("agentcore-policy.principal.claims")
@pytest.mark.parametrize(
    ("claim", "tag"),
    [(["a", "b"], '["a","b"]'), (True, "true"), (42, "42"), (1.5, "1.5"), ("plain", "plain")],
)
def test_claims_of_other_types_are_json_text(desk: Desk, claim: object, tag: str) -> None:
    literal = json.dumps(tag)
    desk.policy(
        "ByLevel",
        "permit(principal is AgentCore::OAuthUser, action, resource == GATEWAY) when { "
        f'principal.hasTag("level") && principal.getTag("level") == {literal} }};',
    )
    assert desk.allows("lookup_customer", CUSTOMER, level=claim)
    assert not desk.allows("lookup_customer", CUSTOMER, level={"nested": claim})


@pytest.mark.fidelity("agentcore-policy.principal.subject")
def test_the_subject_is_the_id_and_a_token_without_one_has_none(desk: Desk) -> None:
    desk.policy(
        "OnlyAnn",
        'permit(principal == AgentCore::OAuthUser::"ann", action, resource == GATEWAY);',
    )
    assert desk.allows("lookup_customer", CUSTOMER, sub="ann")
    assert not desk.allows("lookup_customer", CUSTOMER, sub="bob")
    assert not desk.allows("lookup_customer", CUSTOMER, sub=None)


@pytest.mark.fidelity("agentcore-policy.before-arguments")
def test_policies_come_before_the_check_of_arguments(desk: Desk) -> None:
    assert not desk.allows("lookup_customer", {})
    desk.policy("Everything", OPEN)
    result = desk.call("lookup_customer", {})["result"]
    assert "Missing required field(s): 'customer_id'" in result["content"][0]["text"]


def test_policies_look_into_arguments(desk: Desk) -> None:
    desk.policy("NoCriticalCases", NO_CRITICAL_CASES)
    assert desk.allows("create_case", CASE)
    assert not desk.allows("create_case", CASE | {"priority": "Critical"})


@pytest.mark.fidelity("agentcore-policy.principal.iam")
def test_callers_of_iam_are_their_roles_without_the_session(
    laptop: PolicyLaptop, control: Client
) -> None:
    desk = Desk(laptop, control, authorizer="AWS_IAM")
    role = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/Agents"
    desk.policy(
        "AgentsOnly",
        "permit(principal is AgentCore::IamEntity, action, resource == GATEWAY) "
        f'when {{ principal.id == "{role}" }};',
    )
    agent = signed_by(laptop, "AKIDAGENT", f"{role}/session-1")
    other = signed_by(laptop, "AKIDOTHER", f"{role}Other/session-1")
    assert desk.allows("lookup_customer", CUSTOMER, authorization=agent)
    assert not desk.allows("lookup_customer", CUSTOMER, authorization=other)
    assert desk.listed(authorization=other) == []
    assert laptop.lines()[0]["principal"] == {"kind": "IamEntity", "id": role, "tags": {}}


@pytest.mark.fidelity("agentcore-policy.principal.unauthenticated")
def test_who_was_not_asked_is_nobody_that_policies_know(
    laptop: PolicyLaptop, control: Client
) -> None:
    desk = Desk(laptop, control, authorizer="NONE")
    desk.policy(
        "Users",
        "permit(principal is AgentCore::OAuthUser, action, resource == GATEWAY);",
    )
    assert not desk.allows("lookup_customer", CUSTOMER)
    desk.policy("Everyone", OPEN)
    assert desk.allows("lookup_customer", CUSTOMER)


@pytest.mark.fidelity("agentcore-policy.log-only")
def test_log_only_decides_and_never_blocks(laptop: PolicyLaptop, control: Client) -> None:
    desk = Desk(laptop, control, mode="LOG_ONLY")
    desk.policy("NobodyDeletes", NOBODY_DELETES)
    assert desk.allows("delete_customer", CUSTOMER)
    assert desk.listed() == ["lookup_customer", "create_case", "delete_customer", "refund"]
    (line,) = laptop.lines()
    assert (line["decision"], line["mode"]) == ("DENY", "LOG_ONLY")


@pytest.mark.fidelity("agentcore-policy.log-only")
def test_a_policy_in_log_only_decides_nothing(desk: Desk) -> None:
    desk.policy("Everything", OPEN)
    desk.policy("NobodyDeletes", NOBODY_DELETES, enforcementMode="LOG_ONLY")
    assert desk.allows("delete_customer", CUSTOMER)


@pytest.mark.fidelity("agentcore-policy.takes-effect")
def test_policies_that_change_count_from_the_next_call(desk: Desk, control: Client) -> None:
    desk.policy("Everything", OPEN)
    assert desk.allows("delete_customer", CUSTOMER)
    forbid = desk.policy("NobodyDeletes", NOBODY_DELETES)
    assert not desk.allows("delete_customer", CUSTOMER)
    names = {"policyEngineId": desk.engine_id, "policyId": forbid["policyId"]}
    control.update_policy(**names, enforcementMode="LOG_ONLY")
    desk.laptop.settle()
    assert desk.allows("delete_customer", CUSTOMER)
    control.update_policy(**names, enforcementMode="ACTIVE")
    desk.laptop.settle()
    assert not desk.allows("delete_customer", CUSTOMER)
    control.delete_policy(**names)
    desk.laptop.settle()
    assert desk.allows("delete_customer", CUSTOMER)


def test_policies_decide_after_a_restart(desk: Desk) -> None:
    desk.policy("SupportLooksUp", SUPPORT_LOOKS_UP)
    again = replace_laptop(desk, desk.laptop.restarted())
    assert again.allows("lookup_customer", CUSTOMER, role="support")
    assert not again.allows("lookup_customer", CUSTOMER, role="sales")


def replace_laptop(desk: Desk, laptop: PolicyLaptop) -> Desk:
    """Return the desk as another process has it: nothing is created again."""
    again = object.__new__(Desk)
    again.__dict__.update(desk.__dict__, laptop=laptop)
    return again


@pytest.mark.fidelity("agentcore-policy.role-at-call")
def test_a_role_that_may_not_ask_the_engine_fails_calls(desk: Desk, laptop: PolicyLaptop) -> None:
    desk.policy("Everything", OPEN)
    laptop.cloud.denied.append(("bedrock-agentcore:AuthorizeAction", "*"))
    laptop.cloud.denied.append(("bedrock-agentcore:PartiallyAuthorizeActions", "*"))
    assert desk.call("lookup_customer", CUSTOMER)["result"] == {
        "content": [{"type": "text", "text": "InternalServerException - Policy evaluation failed"}],
        "isError": True,
    }
    assert json.loads(desk.rpc("tools/list").body)["error"]["code"] == -32603
    laptop.cloud.denied.clear()
    assert desk.allows("lookup_customer", CUSTOMER)


@pytest.mark.fidelity("agentcore-policy.role-at-call")
def test_a_role_that_may_not_ask_blocks_nothing_in_log_only(
    laptop: PolicyLaptop, control: Client
) -> None:
    desk = Desk(laptop, control, mode="LOG_ONLY")
    laptop.cloud.denied.append(("bedrock-agentcore:AuthorizeAction", "*"))
    assert desk.allows("lookup_customer", CUSTOMER)
    assert laptop.lines() == []
