"""One line for each decision in CloudWatch Logs, with nothing in it that policies do not read."""

import pytest

from localcloud.cloud import CloudError, Response
from tests.support.policy_plane import LOGS_URL, OPEN, Desk

RULES = """
permit(principal is AgentCore::OAuthUser,
  action == AgentCore::Action::"Support___create_case", resource == GATEWAY)
when { principal.hasTag("role") && principal.getTag("role") == "support"
  && context.input.priority != "Critical" };"""
CASE = {"subject": "my secret", "priority": "High"}


@pytest.mark.fidelity("agentcore-policy.decision-log")
def test_a_line_says_who_what_and_why(desk: Desk) -> None:
    policy = desk.policy("Rules", RULES)
    assert desk.allows("create_case", CASE, role="support", email="ann@example.com")
    assert not desk.allows("create_case", CASE | {"priority": "Critical"}, role="support")
    allowed, denied = desk.laptop.lines()
    assert allowed == {
        "time": "2026-09-01T12:00:00.000Z",
        "gateway": desk.arn,
        "principal": {"kind": "OAuthUser", "id": "user-1", "tags": {"role": "support"}},
        "tool": "Support___create_case",
        "input": {"priority": "High"},
        "decision": "ALLOW",
        "mode": "ENFORCE",
        "determiningPolicies": [policy["policyId"]],
        "reason": allowed["reason"],
    }
    assert denied == allowed | {
        "input": {"priority": "Critical"},
        "decision": "DENY",
        "determiningPolicies": [],
        "reason": "No policy applies to the request (denied by default).",
    }


@pytest.mark.fidelity("agentcore-policy.decision-log")
def test_what_policies_do_not_read_is_not_written(desk: Desk) -> None:
    desk.policy("Rules", RULES)
    desk.call("create_case", CASE, role="support", email="ann@example.com")
    desk.laptop.lines()
    written = b"".join(one.content for one in desk.laptop.cloud.sent if one.url == LOGS_URL)
    assert b"High" in written
    assert b"my secret" not in written
    assert b"ann@example.com" not in written


def test_a_value_too_long_for_a_line_leaves_the_line_whole(desk: Desk) -> None:
    desk.policy("Rules", RULES)
    desk.call("create_case", CASE | {"priority": "x" * 200_000}, role="support")
    (line,) = desk.laptop.lines()
    assert (line["input"], line["decision"]) == (None, "ALLOW")


def test_a_log_that_cannot_be_written_stops_no_call_and_is_tried_again(desk: Desk) -> None:
    desk.policy("Everything", OPEN)
    desk.laptop.cloud.answer("POST", LOGS_URL, CloudError("gone"))
    assert desk.allows("create_case", CASE)
    desk.laptop.loop.run(desk.laptop.decisions.close())
    desk.laptop.cloud.answer("POST", LOGS_URL, Response(200))
    assert desk.allows("create_case", CASE)
    assert len(desk.laptop.lines()) == 1
