"""The Cedar schema that AgentCore derives from the tools of gateways, and calls in its terms.

Sources: Developer Guide, policy (entity types, action groups, context). Gateways are an
enumerated entity type here, so that a policy on another one is found by validation.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import cedarpy

from policy.model import JsonObject, ToolSchema
from policy.types import CedarType, Member, RecordOf, Scalar, SetOf, cedar_value, input_type

NAMESPACE: Final = "AgentCore"
ALL_TOOLS: Final = "CallTool"
EVERYTHING: Final = "Mcp"
"""A tool is in the group of its target, that one in CallTool, and CallTool in Mcp."""

_SYSTEM: Final[JsonObject] = {
    "type": "Record",
    "attributes": {"now": {"type": "Extension", "name": "datetime"}},
}


@dataclass(frozen=True)
class Schema:
    """What policies are validated against: Cedar's own, and the names it declares."""

    handle: cedarpy.Schema
    actions: frozenset[str]
    gateways: frozenset[str]


def cedar_schema(tools_by_gateway_arn: Mapping[str, Sequence[ToolSchema]]) -> Schema:
    """Derive the schema of an engine from the tools of all gateways it is attached to.

    Where gateways have a tool of the same name, policies see the arguments that all of them
    declare with the same type.
    """
    types: dict[str, RecordOf] = {}
    for tool in (tool for tools in tools_by_gateway_arn.values() for tool in tools):
        found = input_type(tool.input_schema)
        types[tool.name] = _common(types[tool.name], found) if tool.name in types else found
    actions = _actions(types)
    document = {
        NAMESPACE: {"entityTypes": _entity_types(list(tools_by_gateway_arn)), "actions": actions}
    }
    return Schema(
        handle=cedarpy.Schema.from_json_str(json.dumps(document)),
        actions=frozenset(actions),
        gateways=frozenset(tools_by_gateway_arn),
    )


def request_context(tool: ToolSchema, arguments: JsonObject, now: datetime) -> JsonObject:
    """Return the context of a call, in Cedar's JSON.

    Args:
        tool: the tool called.
        arguments: as the caller sent them. Undeclared ones are left out, nulls are absent.
        now: `context.system.now`, with a time zone.

    Raises:
        SchemaMismatch: an argument has no value of its declared type.
    """
    return context_of(input_type(tool.input_schema), arguments, now)


def context_of(input_: RecordOf, arguments: JsonObject, now: datetime) -> JsonObject:
    """Return what `request_context` returns, from a type that was derived before."""
    instant = {"__extn": {"fn": "datetime", "arg": cedar_instant(now)}}
    return {"input": cedar_value(input_, arguments), "system": {"now": instant}}


def cedar_instant(now: datetime) -> str:
    """Return an instant as Cedar's `datetime` reads it, in whole milliseconds."""
    utc = now.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def groups_of(tool: str) -> tuple[str, ...]:
    """Return the groups a tool's action is in, the nearest first."""
    target = ToolSchema(tool, {}).target
    return (*([target] if _is_group(target) else []), ALL_TOOLS, EVERYTHING)


def _is_group(target: str) -> bool:
    """Tell whether a target has a group: one named like ours would be a group within itself."""
    return target not in {ALL_TOOLS, EVERYTHING}


def _common(one: RecordOf, other: RecordOf) -> RecordOf:
    return RecordOf(
        {
            name: Member(member.type, member.required and other.members[name].required)
            for name, member in one.members.items()
            if name in other.members and other.members[name].type == member.type
        }
    )


def _entity_types(gateway_arns: Sequence[str]) -> JsonObject:
    record = {"type": "Record", "attributes": {"id": {"type": "String"}}}
    return {
        "OAuthUser": {"shape": record, "tags": {"type": "String"}},
        "IamEntity": {"shape": record},
        "Gateway": {"enum": sorted(gateway_arns)} if gateway_arns else {},
    }


def _actions(types: Mapping[str, RecordOf]) -> JsonObject:
    targets = {ToolSchema(name, {}).target for name in types}
    return {
        EVERYTHING: {},
        ALL_TOOLS: {"memberOf": [{"id": EVERYTHING}]},
        **{target: {"memberOf": [{"id": ALL_TOOLS}]} for target in targets if _is_group(target)},
        **{name: _action(name, found) for name, found in types.items()},
    }


def _action(name: str, input_: RecordOf) -> JsonObject:
    members = {"input": _schema_of(input_), "system": _SYSTEM}
    return {
        "memberOf": [{"id": groups_of(name)[0]}],
        "appliesTo": {
            "principalTypes": ["OAuthUser", "IamEntity"],
            "resourceTypes": ["Gateway"],
            "context": {"type": "Record", "attributes": members},
        },
    }


def _schema_of(cedar_type: CedarType) -> JsonObject:
    match cedar_type:
        case Scalar("decimal"):
            return {"type": "Extension", "name": "decimal"}
        case Scalar("Bool"):
            return {"type": "Boolean"}
        case Scalar(name):
            return {"type": name}
        case SetOf(element):
            return {"type": "Set", "element": _schema_of(element)}
        case RecordOf(members):
            return {
                "type": "Record",
                "attributes": {
                    name: {**_schema_of(m.type), "required": m.required}
                    for name, m in members.items()
                },
            }
