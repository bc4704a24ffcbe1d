"""Decisions in AgentCore's words, and what is listed to whom."""

import pytest

from policy.decider import Decider
from policy.errors import UnknownTool, UnparsableStatement
from policy.model import DENIED_BY_DEFAULT, Principal, ToolSchema
from tests.support.policies import GATEWAY, NOW, TOOLS, decider, has, policies, text, user

ROLE = Principal("IamEntity", "arn:aws:sts::123456789012:assumed-role/Admin")
CRITICAL = 'context.input has priority && context.input.priority == "Critical"'
NOT_YET = 'context.system.now > datetime("2030-01-01")'


@pytest.mark.fidelity("policy.default-deny")
def test_without_a_policy_that_applies_a_call_is_denied() -> None:
    decision = decider(text("permit", when=has("tenant", "acme"))).decide(
        user(tenant="globex"), "Crm___look", {}, NOW
    )
    assert (decision.allowed, decision.determining) == (False, ())
    assert decision.reason == "No policy applies to the request (denied by default)."


@pytest.mark.fidelity("policy.default-deny")
def test_without_any_policy_everything_is_denied() -> None:
    decision = decider().decide(user(), "Crm___look", {}, NOW)
    assert (decision.allowed, decision.reason) == (False, DENIED_BY_DEFAULT)


@pytest.mark.fidelity("policy.reasons")
def test_a_forbid_beats_every_permit_and_is_named() -> None:
    both = decider(text("permit"), text("permit"), text("forbid", tool="Crm___look"))
    denied = both.decide(user(), "Crm___look", {}, NOW)
    assert (denied.allowed, denied.determining) == (False, ("p2",))
    assert denied.reason == "Policy evaluation denied due to p2"
    allowed = both.decide(user(), "Mail___send", {}, NOW)
    assert (allowed.allowed, allowed.determining, allowed.reason) == (True, ("p0", "p1"), "")


def test_of_several_forbids_the_first_given_is_named_and_all_are_told() -> None:
    forbidden = decider(text("forbid", when="true"), text("forbid"), text("permit"))
    decision = forbidden.decide(user(), "Crm___look", {}, NOW)
    assert decision.determining == ("p0", "p1")
    assert decision.reason.endswith("due to p0")


def test_a_policy_that_fails_does_not_apply_and_is_reported_without_values() -> None:
    failing = decider(text("forbid", when='principal.getTag("secret") == "x"'), text("permit"))
    decision = failing.decide(user(name="Ada"), "Crm___look", {"email": "ada@example.com"}, NOW)
    assert decision.allowed
    assert decision.errors == ("p0: a tag is missing",)


@pytest.mark.parametrize(
    ("when", "error"),
    [
        ("context.input.subject like 3 + 0 || true", None),
        ("context.input.subject > 3", "a value has the wrong type"),
        ('context.input.priority == "x"', "an attribute is missing"),
        ("9223372036854775807 + 1 > 0", "integer overflow"),
        ("decimal(context.input.subject) == decimal(context.input.subject)", "a function failed"),
    ],
)
def test_each_kind_of_failure_has_its_words(when: str, error: str | None) -> None:
    if error is None:
        with pytest.raises(UnparsableStatement):
            decider(text("permit", when=when))
        return
    decision = decider(text("permit", when=when)).decide(
        user(), "Crm___open", {"subject": "s"}, NOW
    )
    assert decision.errors == (f"p0: {error}",)


@pytest.mark.fidelity("policy.mismatch")
def test_arguments_of_other_types_are_denied_whatever_the_policies_say() -> None:
    limited = decider(
        text("permit"),
        text(
            "forbid", tool="Crm___look", when="context.input has level && context.input.level > 1"
        ),
    )
    decision = limited.decide(user(), "Crm___look", {"level": "9"}, NOW)
    assert (decision.allowed, decision.determining) == (False, ())
    assert decision.errors == ("argument 'level' is not a Cedar Long",)


def test_a_required_argument_that_is_missing_is_no_matter_of_policy() -> None:
    assert decider(text("permit")).decide(user(), "Crm___open", {}, NOW).allowed


@pytest.mark.fidelity("policy.log-only-policy")
def test_a_policy_of_its_own_log_only_is_reported_and_decides_nothing() -> None:
    enforced = policies(text("permit"))
    watched = [
        type(each)(f"w{i}", each.name, each.statement, enforced=False)
        for i, each in enumerate(
            policies(text("forbid"), text("permit", when="true"), text("permit", when=NOT_YET))
        )
    ]
    decision = Decider([*enforced, *watched], GATEWAY, TOOLS).decide(user(), "Crm___look", {}, NOW)
    assert (decision.allowed, decision.determining) == (True, ("p0",))
    assert sorted(decision.log_only) == ["w0", "w1"]


@pytest.mark.fidelity("policy.principals")
def test_iam_callers_have_an_id_and_no_tags() -> None:
    by_id = decider(text("permit", when='principal.id like "arn:aws:sts::123456789012:*"'))
    assert by_id.decide(ROLE, "Crm___look", {}, NOW).allowed
    by_tag = decider(text("permit", when=has("tenant", "acme")))
    tagged = Principal("IamEntity", ROLE.id, {"tenant": "acme"})
    assert not by_tag.decide(tagged, "Crm___look", {}, NOW).allowed


def test_policies_on_another_gateway_do_not_apply() -> None:
    elsewhere = decider(text("permit", gateway=GATEWAY + "x"))
    assert not elsewhere.decide(user(), "Crm___look", {}, NOW).allowed


def test_a_tool_that_the_gateway_does_not_have_is_a_refusal() -> None:
    with pytest.raises(UnknownTool):
        decider(text("permit")).decide(user(), "Crm___lok", {}, NOW)


@pytest.mark.fidelity("policy.listing")
def test_tools_are_listed_of_which_some_call_could_be_permitted() -> None:
    some = decider(
        text("permit", when=has("tenant", "acme")),
        text("forbid", tool="Crm___open", when=CRITICAL),
        text("forbid", tool="Mail___send"),
    )
    assert some.listable(user(tenant="acme"), NOW) == {"Crm___look", "Crm___open"}
    assert some.listable(user(tenant="globex"), NOW) == frozenset()
    assert some.listable(ROLE, NOW) == frozenset()


@pytest.mark.fidelity("policy.listing")
def test_listing_knows_the_time_while_the_input_is_open() -> None:
    later = f"{NOT_YET} && context.input has email"
    timed = decider(text("permit", tool="Crm___look", when=later))
    assert timed.listable(user(), NOW) == frozenset()
    assert timed.listable(user(), NOW.replace(year=2031)) == {"Crm___look"}


def test_a_condition_on_the_action_tells_tools_apart() -> None:
    mail = decider(text("permit", when='action in AgentCore::Action::"Mail"'))
    assert mail.listable(user(), NOW) == {"Mail___send"}


@pytest.mark.parametrize("sub", ["o'neil", 'a"b', "a\\b", "a\nb", "Zoë", "\u200b", "\U0001f600"])
def test_whatever_a_subject_is_called_its_tools_are_listed(sub: str) -> None:
    anybody = decider(text("permit", tool="Crm___look", when='principal.id != ""'))
    assert anybody.listable(Principal("OAuthUser", sub), NOW) == {"Crm___look"}
    assert anybody.decide(Principal("OAuthUser", sub), "Crm___look", {}, NOW).allowed


def test_what_policies_mention_is_what_a_log_has_to_keep() -> None:
    found = decider(
        text("permit", tool="Crm___look", when=has("tenant", "acme")),
        text("forbid", tool="Crm___open", when=CRITICAL),
        text("forbid", tool="Mail___send", when="context has input.to && context.system has now"),
    ).referenced
    assert found.tags == {"tenant"}
    assert found.inputs == {
        "Crm___look": frozenset(),
        "Crm___open": {"priority"},
        "Mail___send": {"to"},
    }
    assert not found.every_tag


def test_a_policy_that_takes_the_input_as_a_whole_mentions_all_of_it() -> None:
    found = decider(text("permit", when="context.input == context.input")).referenced
    assert found.inputs["Crm___look"] == {"email", "level"}


def test_a_computed_name_of_a_tag_mentions_any() -> None:
    computed = "context.input has email && principal.hasTag(context.input.email)"
    assert decider(text("permit", tool="Crm___look", when=computed)).referenced.every_tag


def test_more_sets_than_are_kept_are_made_anew() -> None:
    many = Decider(
        policies(text("permit")), GATEWAY, [ToolSchema(f"T___{n}", {}) for n in range(2000)]
    )
    assert len(many.listable(user(), NOW)) == 2000
    assert many.decide(user(), "T___0", {}, NOW).allowed
