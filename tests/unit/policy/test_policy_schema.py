"""The schema AgentCore derives from tools, and calls as values of it."""

import json
from datetime import datetime, timedelta, timezone

import cedarpy
import pytest

from policy.errors import SchemaMismatch
from policy.findings import validate
from policy.model import JsonObject, ToolSchema
from policy.schema import cedar_schema, groups_of, request_context
from tests.support.policies import GATEWAY, NOW, TOOLS, text

ITEMS = {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}}
EVERY: JsonObject = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "count": {"type": "integer"},
        "sure": {"type": "boolean"},
        "price": {"type": "number"},
        "words": {"type": "array", "items": {"type": "string"}},
        "items": ITEMS,
        "place": {"type": "object", "properties": {"city": {"type": "string"}}},
        "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        "nullable": {"type": ["string", "null"]},
        "either": {"type": ["string", "integer"]},
        "anything": {},
        "untyped": {"type": "array"},
        "__extn": {"type": "string"},
    },
    "required": ["name"],
}
TOOL = ToolSchema("Shop___sell", EVERY)


def decimal(number: str) -> JsonObject:
    return {"__extn": {"fn": "decimal", "arg": number}}


def passes(when: str) -> bool:
    schema = cedar_schema({GATEWAY: [TOOL]})
    return not validate(text("permit", tool=TOOL.name, when=when), schema).errors


@pytest.mark.fidelity("policy.types")
@pytest.mark.parametrize(
    "when",
    [
        'context.input.name like "a*"',
        "context.input has count && context.input.count > 3",
        "context.input has sure && context.input.sure",
        'context.input has price && context.input.price.lessThan(decimal("9.9999"))',
        'context.input has words && context.input.words.contains("a")',
        'context.input has place.city && context.input.place.city == "X"',
        "context.input has maybe && context.input.maybe > 3",
        'context.input has nullable && context.input.nullable == "a"',
        'context.system.now > datetime("2026-01-01")',
    ],
)
def test_each_json_type_is_a_type_of_cedar(when: str) -> None:
    assert passes(when)


@pytest.mark.fidelity("policy.types")
@pytest.mark.parametrize(
    "when",
    [
        "context.input.count > 3",
        'context.input has price && context.input.price == "9"',
        "context.input.either == 3",
        'context.input.anything == "a"',
        'context.input.untyped.contains("a")',
        'principal.scope == "a"',
        'context.headers == "a"',
    ],
)
def test_what_is_optional_needs_has_and_what_has_no_type_is_not_there(when: str) -> None:
    assert not passes(when)


@pytest.mark.fidelity("policy.groups")
def test_a_tool_is_in_its_target_which_is_in_call_tool_which_is_in_mcp() -> None:
    assert groups_of("Crm___look") == ("Crm", "CallTool", "Mcp")
    schema = cedar_schema({GATEWAY: TOOLS})
    assert {"Crm", "Mail", "CallTool", "Mcp", "Crm___look"} <= schema.actions
    rendered = str(schema.handle)
    assert 'action "Crm___look" in [Action::"Crm"]' in rendered
    assert 'action "CallTool" in [Action::"Mcp"]' in rendered


@pytest.mark.parametrize("target", ["CallTool", "Mcp"])
def test_a_target_named_like_a_group_makes_no_group_within_itself(target: str) -> None:
    name = f"{target}___x"
    assert cedar_schema({GATEWAY: [ToolSchema(name, {})]}).actions == {"CallTool", "Mcp", name}
    assert groups_of(name) == ("CallTool", "Mcp")


def test_gateways_with_a_tool_of_one_name_share_what_both_declare() -> None:
    one = ToolSchema("A___x", {"properties": {"a": {"type": "string"}, "b": {"type": "string"}}})
    other = ToolSchema("A___x", {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}})
    rendered = str(cedar_schema({"one": [one], "two": [other]}).handle)
    assert "a?: __cedar::String" in rendered
    assert "b?" not in rendered


def test_without_gateways_there_is_a_schema_without_actions_of_tools() -> None:
    assert cedar_schema({}).actions == {"CallTool", "Mcp"}


@pytest.mark.fidelity("policy.values")
def test_arguments_become_values_of_their_types() -> None:
    arguments = {
        "name": "Ada",
        "count": 3.0,
        "sure": True,
        "price": 9.87654,
        "words": ["b", "a"],
        "items": [{"price": 1, "more": 2}],
        "maybe": None,
        "undeclared": {"__entity": {"type": "AgentCore::Gateway", "id": "x"}},
    }
    context = request_context(TOOL, arguments, NOW)
    assert context == {
        "input": {
            "name": "Ada",
            "count": 3,
            "sure": True,
            "price": decimal("9.8765"),
            "words": ["b", "a"],
            "items": [{"price": decimal("1.0000")}],
        },
        "system": {"now": {"__extn": {"fn": "datetime", "arg": "2026-03-01T12:00:00.000Z"}}},
    }


def test_cedar_takes_a_context_that_was_made_here() -> None:
    context = request_context(TOOL, {"name": "a", "price": -0.00004, "items": [{}]}, NOW)
    request = {
        "principal": 'AgentCore::OAuthUser::"a"',
        "action": f'AgentCore::Action::"{TOOL.name}"',
        "resource": f'AgentCore::Gateway::"{GATEWAY}"',
        "context": json.dumps(context),
    }
    permit = "permit(principal, action, resource);"
    schema = cedar_schema({GATEWAY: [TOOL]}).handle
    assert cedarpy.is_authorized(request, permit, [], schema).allowed


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({"name": 3}, "name"),
        ({"count": "3"}, "count"),
        ({"count": 1.5}, "count"),
        ({"count": True}, "count"),
        ({"count": 2**63}, "count"),
        ({"sure": "true"}, "sure"),
        ({"price": "1"}, "price"),
        ({"price": 1e15}, "price"),
        ({"price": float("nan")}, "price"),
        ({"words": "a"}, "words"),
        ({"words": ["a", None]}, "words.1"),
        ({"items": [{"price": "a"}]}, "items.0.price"),
        ({"place": []}, "place"),
    ],
)
def test_a_value_of_another_type_is_named_and_not_told(arguments: JsonObject, path: str) -> None:
    with pytest.raises(SchemaMismatch) as refused:
        request_context(TOOL, arguments, NOW)
    assert refused.value.path == path
    assert str(refused.value).startswith(f"argument '{path}' is not a Cedar ")


def test_the_time_is_told_in_utc() -> None:
    there = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    now = request_context(TOOL, {}, there)["system"]["now"]
    assert now == {"__extn": {"fn": "datetime", "arg": "2026-02-28T23:30:00.000Z"}}
