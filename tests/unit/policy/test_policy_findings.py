"""Validation and findings: Cedar's errors, and only what is proved."""

import pytest

from policy.findings import validate
from policy.schema import cedar_schema
from tests.support.policies import GATEWAY, TOOLS, has, text

SCHEMA = cedar_schema({GATEWAY: TOOLS})
USER = "principal is AgentCore::OAuthUser"


def errors(statement: str) -> tuple[str, ...]:
    return validate(statement, SCHEMA).errors


def findings(statement: str) -> list[str]:
    validation = validate(statement, SCHEMA)
    assert validation.errors == ()
    return [finding.type for finding in validation.findings]


@pytest.mark.fidelity("policy.schema-errors")
def test_an_action_of_no_gateway_is_named() -> None:
    unknown = text("permit", tool="Crm___lok")
    expected = "Action 'Crm___lok' is not defined in the schema for any associated gateway"
    assert errors(unknown) == (expected,)


@pytest.mark.fidelity("policy.schema-errors")
@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (text("permit", tool="Crm___look", gateway="arn:other"), "enumerated entity type"),
        (text("permit", tool="Crm___open", when="context.input.priority == 3"), "not compatible"),
        (text("permit", tool="Crm___look", when="context.input.level > 1"), "optional attribute"),
        (text("permit", who=USER, when='principal.getTag("a") == "b"'), "access to tag"),
        (text("permit", who=USER, when='principal.scope == "b"'), "`scope`"),
        ("permit(principal, action);", "missing the `resource` variable"),
    ],
)
def test_what_the_schema_does_not_allow_is_said_in_words_of_cedar(
    statement: str, message: str
) -> None:
    found = "\n".join(errors(statement))
    assert message in found
    assert "policy0" not in found


@pytest.mark.fidelity("policy.specific-resource")
def test_named_actions_need_a_named_gateway() -> None:
    anywhere = "permit(principal, {}, resource is AgentCore::Gateway);"
    assert (
        "needs a specific resource"
        in errors(anywhere.format('action == AgentCore::Action::"Crm___look"'))[0]
    )
    assert errors(anywhere.format("action")) == ()


@pytest.mark.fidelity("policy.findings")
@pytest.mark.parametrize(
    ("effect", "when", "finding"),
    [
        ("permit", "", "ALLOW_ALL"),
        ("permit", "true", "ALLOW_ALL"),
        ("permit", "1 == 1 || context.input has email", "ALLOW_ALL"),
        ("permit", "context.input has email || true", "ALLOW_ALL"),
        ("permit", "!(1 == 2)", "ALLOW_ALL"),
        ("permit", "false", "ALLOW_NONE"),
        ("permit", f"{has('a', 'x')} && {has('a', 'y')}", "ALLOW_NONE"),
        ("permit", "context.input has email && !(context.input has email)", "ALLOW_NONE"),
        ("forbid", "", "DENY_ALL"),
        ("forbid", f"{has('a', 'x')} && false", "DENY_NONE"),
    ],
)
def test_what_a_policy_does_to_every_call_or_to_none_is_found(
    effect: str, when: str, finding: str
) -> None:
    assert findings(text(effect, tool="Crm___look", who=USER, when=when)) == [finding]


@pytest.mark.fidelity("policy.findings")
@pytest.mark.parametrize(
    "when",
    [
        has("a", "x"),
        f"{has('a', 'x')} || {has('a', 'y')}",
        "context.input has level && context.input.level * 2 > 1 || true",
        'context.system.now > datetime("1970-01-01")',
        "!(context.input has level && context.input.level * 2 > 1 && false)",
    ],
)
def test_what_is_not_proved_is_not_told(when: str) -> None:
    assert findings(text("permit", tool="Crm___look", who=USER, when=when)) == []


def test_a_policy_on_one_caller_is_not_one_on_all() -> None:
    ada = 'principal == AgentCore::OAuthUser::"ada"'
    assert findings(text("permit", tool="Crm___look", who=ada)) == []
    assert findings(text("permit", tool="Crm___look", who=ada, when="false")) == ["ALLOW_NONE"]
