"""Deciding recorded calls again: what would change, and what the records do not tell."""

import io
import json
from pathlib import Path

import pytest

from localcloud.agentcore.gateway.decisions import decision_line
from policy.__main__ import main
from policy.decider import Decider
from policy.errors import UnreadableFile
from policy.files import read_policies, read_tools
from policy.model import JsonObject, Principal
from policy.records import Record, read_records, recorded_input, recorded_tags
from policy.replay import Candidate, lines, replay
from tests.support.laptop import ROOT
from tests.support.policies import GATEWAY, NOW, TOOLS, has, policies, text, user

CRITICAL = 'context.input has priority && context.input.priority == "Critical"'
SENIOR = has("role", "senior")


def line(**changes: object) -> JsonObject:
    return {
        "time": NOW.isoformat(),
        "gateway": GATEWAY,
        "principal": {"kind": "OAuthUser", "id": "ada", "tags": {"tenant": "acme"}},
        "tool": "Crm___open",
        "input": {},
        "decision": "ALLOW",
        "mode": "LOG_ONLY",
        "determiningPolicies": ["p0"],
        "reason": "",
        **changes,
    }


def record(tags: dict[str, str | None], input_: JsonObject, **changes: object) -> Record:
    caller = {"kind": "OAuthUser", "id": "ada", "tags": tags}
    return Record.model_validate(line(principal=caller, input=input_, **changes))


def verdict(tags: dict[str, str | None], input_: JsonObject, *statements: str) -> str:
    return Candidate(policies(*statements), GATEWAY, TOOLS).verdict(record(tags, input_))


TENANT = text("permit", when=has("tenant", "acme"))
LIMIT = text("forbid", tool="Crm___open", when=f"({CRITICAL}) && !({SENIOR})")


@pytest.mark.parametrize(
    ("tags", "input_", "expected"),
    [
        ({"tenant": "acme", "role": None}, {"priority": "Critical"}, "DENY"),
        ({"tenant": "acme", "role": "senior"}, {"priority": "Critical"}, "ALLOW"),
        ({"tenant": "acme", "role": None}, {"priority": None}, "ALLOW"),
        ({"tenant": "acme"}, {"priority": "Critical"}, "UNKNOWN"),
        ({"tenant": "acme"}, {"priority": "Low"}, "ALLOW"),
        ({"tenant": "acme", "role": None}, {}, "UNKNOWN"),
        ({"tenant": "acme", "role": "senior"}, {}, "UNKNOWN"),
        ({"tenant": "globex"}, {}, "DENY"),
        ({}, {"priority": "Low"}, "UNKNOWN"),
        ({"tenant": "acme", "role": None}, {"priority": 3}, "DENY"),
    ],
)
def test_what_a_record_does_not_hold_is_unknown_only_where_it_matters(
    tags: dict[str, str | None], input_: JsonObject, expected: str
) -> None:
    assert verdict(tags, input_, TENANT, LIMIT) == expected


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("context.input == context.input", "UNKNOWN"),
        ('context has input.priority && context.input.priority == "Low"', "ALLOW"),
        ("context has input.amount", "UNKNOWN"),
        ("context.input has subject", "UNKNOWN"),
        ('context.system.now > datetime("2026-01-01")', "ALLOW"),
        (f'resource == AgentCore::Gateway::"{GATEWAY}"', "ALLOW"),
        ("context.input has priority && principal.hasTag(context.input.priority)", "UNKNOWN"),
    ],
)
def test_every_way_to_mention_something_is_seen(when: str, expected: str) -> None:
    assert verdict({"tenant": "acme"}, {"priority": "Low"}, text("permit", when=when)) == expected


def test_an_iam_caller_has_no_tags_that_a_record_could_lack() -> None:
    iam = Record.model_validate(line(principal={"kind": "IamEntity", "id": "arn", "tags": {}}))
    assert Candidate(policies(TENANT), GATEWAY, TOOLS).verdict(iam) == "DENY"


def test_a_call_of_a_tool_that_is_not_described_is_unknown() -> None:
    candidate = Candidate(policies(TENANT), GATEWAY, TOOLS)
    assert candidate.verdict(record({"tenant": "acme"}, {}, tool="Other___x")) == "UNKNOWN"


def test_policies_of_their_own_log_only_decide_nothing() -> None:
    watched = policies(text("permit"), enforced=False)
    assert Candidate(watched, GATEWAY, TOOLS).verdict(record({}, {})) == "DENY"


def test_a_report_counts_by_tenant_and_tool() -> None:
    candidate = Candidate(policies(TENANT, LIMIT), GATEWAY, TOOLS)
    critical = {"priority": "Critical"}
    records = [
        record({"tenant": "acme", "role": None}, critical),
        record({"tenant": "acme", "role": None}, {"priority": None}),
        record({"tenant": "acme"}, critical),
        record({"tenant": "acme"}, {}, tool="Mail___send", decision="DENY"),
        record({"tenant": None}, {}, tool="Mail___send", decision="DENY"),
    ]
    report = replay(records, {GATEWAY: candidate})
    counted = {
        key: (t.calls, t.denied(), t.newly_denied(), t.newly_allowed(), t.unknown(), t.lost())
        for key, t in report.items()
    }
    assert counted == {
        ("(no tenant)", "Mail___send"): (1, 1, 0, 0, 0, 0),
        ("acme", "Crm___open"): (3, 1, 1, 0, 1, 2),
        ("acme", "Mail___send"): (1, 0, 0, 1, 0, 0),
    }
    assert list(lines(report))[-1] == "5 calls, 2 allowed ones would be denied, or might be"


def test_what_a_log_keeps_by_what_policies_mention_answers_those_policies() -> None:
    decider = Decider(policies(TENANT, LIMIT), GATEWAY, TOOLS)
    found = decider.referenced
    caller, arguments = user(tenant="acme", email="ada@example.com"), {"subject": "secret"}
    tags = recorded_tags(caller, found)
    input_ = recorded_input("Crm___open", arguments, found)
    assert (tags, input_) == ({"role": None, "tenant": "acme"}, {"priority": None})
    assert verdict(tags, input_, TENANT, LIMIT) == "ALLOW"


def test_what_the_laptop_cloud_logs_is_read_again() -> None:
    decider = Decider(policies(TENANT, LIMIT), GATEWAY, TOOLS)
    for caller in (user(tenant="acme"), user(), Principal("IamEntity", "arn")):
        decision = decider.decide(caller, "Crm___open", {"subject": "a"}, NOW)
        written = decision_line(
            time=NOW,
            gateway=GATEWAY,
            mode="LOG_ONLY",
            principal=caller,
            tool="Crm___open",
            arguments={"subject": "a"},
            decision=decision,
            references=decider.referenced,
        )
        (read,) = read_records([json.dumps(written)])
        verdict_ = Candidate(policies(TENANT, LIMIT), GATEWAY, TOOLS).verdict(read)
        assert verdict_ == read.decision


def test_an_input_that_was_too_long_to_be_kept_is_unknown() -> None:
    kept = Record.model_validate(line(input=None))
    candidate = Candidate(policies(text("permit", when=CRITICAL)), GATEWAY, TOOLS)
    assert candidate.verdict(kept) == "UNKNOWN"


def test_a_log_keeps_every_tag_where_a_policy_computes_names() -> None:
    computed = "context.input has priority && principal.hasTag(context.input.priority)"
    found = Decider(
        policies(text("permit", tool="Crm___open", when=computed), TENANT), GATEWAY, TOOLS
    ).referenced
    assert recorded_tags(user(other="x"), found) == {"tenant": None, "other": "x"}


@pytest.mark.parametrize(
    ("text_", "wrong"),
    [
        ("{", "line 1 is no decision: JSON"),
        (json.dumps(line(mode="OFF", decision="MAYBE")), "line 1 is no decision: decision, mode"),
        (json.dumps(line(time="2026-03-01T12:00:00")), "line 1 is no decision: time"),
    ],
)
def test_a_line_that_is_no_decision_is_named_without_its_values(text_: str, wrong: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        list(read_records([text_]))
    assert str(refused.value) == wrong


def test_the_command_replays_a_log_on_a_folder_of_policies(tmp_path: Path) -> None:
    log = tmp_path / "decisions.jsonl"
    tags = {"tenant": "support-team", "role": "agent"}
    caller = {"kind": "OAuthUser", "id": "ada", "tags": tags}
    calls = [
        line(principal=caller, tool="TicketingTools___get_ticket"),
        line(principal=caller, tool="CommsTools___send_message"),
    ]
    log.write_text("".join(json.dumps(each) + "\n" for each in calls))
    out = io.StringIO()
    folder = str(ROOT / "policies")
    tools = str(ROOT / "policies" / "tools.json")
    status = main(["replay", str(log), "--candidate", folder, "--tools", tools], out=out)
    assert status == 1
    rows = [each.split() for each in out.getvalue().splitlines()]
    assert ["support-team", "CommsTools___send_message", "1", "1", "1", "0", "0"] in rows
    assert ["support-team", "TicketingTools___get_ticket", "1", "0", "0", "0", "0"] in rows
    missing = main(["replay", str(tmp_path / "none"), "--tools", tools], out=io.StringIO())
    assert missing == 1


def test_every_case_of_the_table_is_replayed_as_it_was_decided() -> None:
    tools = read_tools(ROOT / "policies" / "tools.json")
    set_ = read_policies(ROOT / "policies", GATEWAY)
    decider, candidate = Decider(set_, GATEWAY, tools), Candidate(set_, GATEWAY, tools)
    caller = user(tenant="support-team")
    for tool in tools:
        decision = decider.decide(caller, tool.name, {}, NOW)
        kept = record(
            recorded_tags(caller, decider.referenced),
            recorded_input(tool.name, {}, decider.referenced),
            tool=tool.name,
        )
        assert candidate.verdict(kept) == ("ALLOW" if decision.allowed else "DENY")
