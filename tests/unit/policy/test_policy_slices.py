"""What the index leaves out changes nothing: Cedar's answer on a slice is its answer on all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy.cedar import ask, entities
from policy.decider import Decider
from policy.model import JsonObject, Policy, Principal
from policy.necessary import needs
from policy.schema import request_context
from policy.statement import check_statement
from policy.trees import handle
from tests.support.policies import GATEWAY, NOW, TOOLS, has, policies, text, user

BY_NAME = {tool.name: tool for tool in TOOLS}
VALUES = ("acme", "globex", "senior")
TAGS = ("tenant", "role")

tags = st.sampled_from(TAGS)
values = st.sampled_from(VALUES)
conditions = st.recursive(
    st.one_of(
        st.builds(has, tags, values),
        st.builds('principal.getTag("{}") == "{}"'.format, tags, values),
        st.builds('principal.hasTag("{}")'.format, tags),
        st.sampled_from(
            (
                "true",
                "false",
                "context.input has priority",
                'context.input.priority == "Critical"',
                'context.input has priority && context.input.priority == "Critical"',
                "context.input has level && context.input.level + 9223372036854775807 > 0",
                'context.input has amount && context.input.amount.greaterThan(decimal("10.5"))',
                'context.system.now < datetime("2026-06-01")',
                'principal.id like "a*"',
                "principal is AgentCore::IamEntity",
                'action in AgentCore::Action::"Crm"',
                'context.input has email && principal.getTag(context.input.email) == "acme"',
            )
        ),
    ),
    lambda inner: st.one_of(
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
        st.builds("!({})".format, inner),
        st.builds("(if {} then {} else {})".format, inner, inner, inner),
    ),
    max_leaves=5,
)
actions = st.sampled_from(
    (
        "action",
        'action == AgentCore::Action::"Crm___look"',
        'action == AgentCore::Action::"Crm"',
        'action in [AgentCore::Action::"Crm___open", AgentCore::Action::"Mail___send"]',
        'action in AgentCore::Action::"Crm"',
        'action in AgentCore::Action::"CallTool"',
        'action in [AgentCore::Action::"Mcp", AgentCore::Action::"Crm___look"]',
    )
)
whos = st.sampled_from(
    (
        "principal",
        "principal is AgentCore::OAuthUser",
        "principal is AgentCore::IamEntity",
        'principal == AgentCore::OAuthUser::"ada"',
        'principal in AgentCore::IamEntity::"ada"',
        'principal is AgentCore::OAuthUser in AgentCore::OAuthUser::"bob"',
    )
)
statements = st.builds(
    lambda effect, who, action, when, gateway: text(
        effect, who=who, action=action, when=when, gateway=gateway
    ),
    st.sampled_from(("permit", "forbid")),
    whos,
    actions,
    conditions,
    st.sampled_from((GATEWAY, GATEWAY, GATEWAY, "another")),
)
principals = st.builds(
    Principal,
    st.sampled_from(("OAuthUser", "IamEntity")),
    st.sampled_from(("ada", "bob")),
    st.dictionaries(tags, values),
)
calls: st.SearchStrategy[tuple[str, JsonObject]] = st.one_of(
    st.tuples(
        st.just("Crm___look"),
        st.fixed_dictionaries(
            {}, optional={"email": st.sampled_from(TAGS), "level": st.integers(-1, 1)}
        ),
    ),
    st.tuples(
        st.just("Crm___open"),
        st.fixed_dictionaries(
            {},
            optional={
                "priority": st.sampled_from(("Critical", "Low")),
                "amount": st.sampled_from((1, 10.5, 11)),
            },
        ),
    ),
    st.tuples(st.just("Mail___send"), st.just({})),
)


def whole(
    set_: list[Policy], principal: Principal, tool: str, arguments: JsonObject
) -> tuple[bool, set[str], set[str]]:
    """Ask cedarpy with every policy there is."""
    nodes = {p.policy_id: check_statement(p.statement).node for p in set_}
    context = request_context(BY_NAME[tool], arguments, NOW)
    known = entities(principal, tool)
    answer = ask(handle(nodes), known, principal, tool, GATEWAY, context)
    failed = {each for each in nodes for line in answer.failed if f"`{each}`" in line}
    return answer.allowed, set(answer.applied), failed


@settings(max_examples=400, deadline=None)
@given(st.lists(statements, min_size=1, max_size=8), principals, calls)
def test_a_slice_decides_as_the_whole_set_does(
    texts: list[str], principal: Principal, call: tuple[str, JsonObject]
) -> None:
    set_ = policies(*texts)
    decision = Decider(set_, GATEWAY, TOOLS).decide(principal, *call, NOW)
    failed = {line.partition(":")[0] for line in decision.errors}
    assert (decision.allowed, set(decision.determining), failed) == whole(set_, principal, *call)


@settings(max_examples=400, deadline=None)
@given(st.lists(statements, min_size=1, max_size=6), principals, calls)
def test_a_tool_that_is_hidden_permits_no_input(
    texts: list[str], principal: Principal, call: tuple[str, JsonObject]
) -> None:
    decider = Decider(policies(*texts), GATEWAY, TOOLS)
    if decider.decide(principal, *call, NOW).allowed:
        assert call[0] in decider.listable(principal, NOW)


@pytest.mark.parametrize(
    ("when", "found"),
    [
        (has("tenant", "acme"), {"tenant": {"acme"}}),
        (f"{has('tenant', 'acme')} && {has('role', 'x')}", {"tenant": {"acme"}, "role": {"x"}}),
        (f"context.input has email && {has('tenant', 'acme')}", {"tenant": {"acme"}}),
        (
            'principal.hasTag("role") && (principal.getTag("role") == "x" || '
            'principal.getTag("role") == "y")',
            {"role": {"x", "y"}},
        ),
        ('principal.getTag("tenant") == "acme"', {}),
        (f"context.input.level > 1 && {has('tenant', 'acme')}", {}),
        (f"{has('tenant', 'acme')} || true", {}),
    ],
)
def test_only_what_nothing_before_it_can_upset_is_asked_of_a_caller(
    when: str, found: dict[str, set[str]]
) -> None:
    assert needs(check_statement(text("permit", when=when)).node) == found


def test_of_a_thousand_tenants_policies_only_a_callers_own_are_looked_at() -> None:
    set_ = policies(*(text("permit", when=has("tenant", f"t{n}")) for n in range(1000)))
    decision = Decider(set_, GATEWAY, TOOLS).decide(user(tenant="t7"), "Crm___look", {}, NOW)
    assert decision.determining == ("p7",)
