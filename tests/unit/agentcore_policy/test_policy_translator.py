"""Sentences become Cedar by templates, or nothing."""

import pytest

from localcloud.agentcore.policy.translator import Translation, translate
from localcloud.agentcore.policy.words import GatewayTool, content_words
from policy.decider import Decider
from policy.findings import validate
from policy.model import Policy, Principal, ToolSchema
from policy.schema import cedar_schema
from tests.support.policy_plane import CREATE, DELETE, LOOKUP, NOW, REFUND, tool

ARN = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/desk-0000000001"
PRICE = tool("set_price", "Change what a product costs", price={"type": "number"})
PIN = tool("pin_note", "Pin a note", pinned={"type": "boolean"})
TOOLS = tuple(
    GatewayTool(f"Support___{one.name}", one.description, one.input_schema)
    for one in (LOOKUP, CREATE, DELETE, REFUND, PRICE, PIN)
)
SCHEMAS = tuple(ToolSchema(one.name, one.input_schema) for one in TOOLS)
ARGUMENTS: dict[str, dict[str, object]] = {
    "lookup_customer": {"customer_id": "c-1"},
    "create_case": {"subject": "x", "priority": "Low"},
    "delete_customer": {"customer_id": "c-1"},
    "refund": {"amount": 100},
    "set_price": {"price": 10.5},
    "pin_note": {"pinned": True},
}


def only(text: str) -> Translation:
    (translation,) = translate(text, ARN, TOOLS)
    return translation


def allowed(text: str, **claims: str) -> set[str]:
    """Return the tools that the policies of a text allow to a user with these claims."""
    made = translate(text, ARN, TOOLS)
    assert all(translation.statement for translation in made), made
    policies = tuple(
        Policy(f"p{number}", f"p{number}", str(translation.statement))
        for number, translation in enumerate(made)
    )
    return {name for name in ARGUMENTS if decides(policies, name, ARGUMENTS[name], claims)}


def decides(
    policies: tuple[Policy, ...], name: str, arguments: dict[str, object], claims: dict[str, str]
) -> bool:
    decider = Decider(policies, ARN, SCHEMAS)
    principal = Principal("OAuthUser", "ann", claims)
    return decider.decide(principal, f"Support___{name}", arguments, NOW).allowed


@pytest.mark.fidelity("agentcore-policy.generation")
@pytest.mark.parametrize(
    "text",
    [
        "Users with role support may call lookup_customer, create_case",
        "users in the role support can use lookup_customer and create_case.",
        "Users whose role is support are allowed to lookup_customer, and open a case",
        'People with role "support" can call Support___lookup_customer and Support___create_case',
        "Users with role support or sales may look up customers and create cases",
    ],
)
def test_a_role_may_call_the_tools_that_are_named(text: str) -> None:
    assert allowed(text, role="support") == {"lookup_customer", "create_case"}
    assert allowed(text, role="auditor") == set()
    assert allowed(text) == set()


def test_either_of_several_values_will_do() -> None:
    text = "Users with role support or 'key account' may call refund"
    assert allowed(text, role="key account") == {"refund"}
    assert allowed(text, role="support") == {"refund"}


@pytest.mark.parametrize(
    "nobody", ["Nobody may", "No one can", "Users must not", "Everyone cannot"]
)
def test_what_nobody_may_is_forbidden(nobody: str) -> None:
    text = f"Everyone may call any tool. {nobody} call delete_customer"
    assert allowed(text) == ARGUMENTS.keys() - {"delete_customer"}


def test_can_only_leaves_nothing_else() -> None:
    text = "Everyone may use all tools. Users of tenant acme can only look up customers"
    assert allowed(text, tenant="acme") == {"lookup_customer"}
    assert allowed(text, tenant="globex") == set(ARGUMENTS)


def test_only_users_leaves_nobody_else() -> None:
    text = "Everyone may use every tool. Only users with role boss may call refund"
    assert "refund" in allowed(text, role="boss")
    assert allowed(text, role="clerk") == ARGUMENTS.keys() - {"refund"}


@pytest.mark.parametrize(
    ("condition", "name", "arguments", "expected"),
    [
        ("when amount is less than 500", "refund", {"amount": 499}, True),
        ("when amount is less than 500", "refund", {"amount": 500}, False),
        ("if the amount is at most 500", "refund", {"amount": 500}, True),
        ("unless amount is more than 500", "refund", {"amount": 501}, False),
        ("unless amount is more than 500", "refund", {"amount": 1}, True),
        ("when priority is not Critical", "create_case", {"priority": "Critical"}, False),
        ('when priority is "Low"', "create_case", {"priority": "Low"}, True),
        ("when price is at least 9.99", "set_price", {"price": 9.99}, True),
        ("when price is more than 10", "set_price", {"price": 9.99}, False),
        ("when pinned is true", "pin_note", {"pinned": False}, False),
    ],
)
def test_a_condition_looks_at_an_argument(
    condition: str, name: str, arguments: dict[str, object], *, expected: bool
) -> None:
    statement = str(only(f"Everyone may call {name} {condition}").statement)
    whole = {"subject": "x"} | arguments if name == "create_case" else arguments
    assert decides((Policy("p", "p", statement),), name, whole, {}) is expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Be kind to everyone", "forms"),
        ("Users with role support may call fly", "No tool"),
        ("Users with role support may update a customer", "No tool"),
        ("Users with role support may call customer", "may mean any of"),
        ("Nobody may not call refund", "double negation"),
        ("Everyone may call refund when colour is red", "not an argument"),
        ("Everyone may call refund when amount is red", "cannot be compared"),
        ("Everyone may call create_case when priority is less than 5", "cannot be compared"),
        ("Everyone may call pin_note when pinned is maybe", "cannot be compared"),
        ("Everyone may call any tool when amount is 5", "not an argument"),
    ],
)
def test_what_is_not_understood_is_not_translated(text: str, why: str) -> None:
    translation = only(text)
    assert translation.statement is None
    assert why in translation.reason


def test_values_cannot_leave_their_quotes() -> None:
    text = "Users with role '\") || true || (\"' may call refund"
    assert allowed(text, role="x") == set()
    assert allowed(text, role='") || true || ("') == {"refund"}


def test_a_text_is_taken_sentence_by_sentence() -> None:
    text = (
        "Nobody may call refund; nobody may call delete_customer.\n\n  Nobody may\tcall pin_note! "
    )
    assert [one.fragment for one in translate(text, ARN, TOOLS)] == [
        "Nobody may call refund",
        "nobody may call delete_customer",
        "Nobody may call pin_note",
    ]


def test_a_sentence_that_goes_on_and_on_is_refused_quickly() -> None:
    assert only("Users with role " + "a or " * 380 + "b").statement is None
    assert only("Everyone may call " + "refund and " * 170 + "fly").statement is None


def test_a_statement_that_no_policy_may_hold_is_none() -> None:
    tools = [GatewayTool(f"T___{n:03}{'x' * 60}", "", {}) for n in range(120)]
    made = translate("Nobody may call " + ", ".join(t.bare_name for t in tools), ARN, tools)
    assert [one.statement for one in made] == [None]
    assert "longer" in made[0].reason


def test_every_statement_is_valid_for_the_tools() -> None:
    text = """Users with role support or sales may look up customers. Nobody may delete_customer.
        Users of tenant acme can only call refund when amount is less than 5.
        Only users with role boss may call set_price unless price is more than 9.5.
        Everyone may use any tool."""
    schema = cedar_schema({ARN: SCHEMAS})
    made = translate(text, ARN, TOOLS)
    assert len(made) == 7
    for translation in made:
        assert validate(str(translation.statement), schema).errors == ()


def test_names_and_descriptions_are_cut_into_the_same_words() -> None:
    assert content_words("lookupCustomer") == content_words("lookup_customer")
    assert content_words("look up the customers") == frozenset({"lookup", "customer"})
    assert content_words("categories") == content_words("a category")
