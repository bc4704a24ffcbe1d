"""A small gateway with tools, and policies on it in few words."""

from datetime import UTC, datetime

from policy.decider import Decider
from policy.model import JsonObject, Policy, Principal, ToolSchema

GATEWAY = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/shop-0123456789"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def schema(required: tuple[str, ...] = (), **types: str) -> JsonObject:
    properties = {name: {"type": type_} for name, type_ in types.items()}
    return {"type": "object", "properties": properties, "required": list(required)}


LOOK = ToolSchema("Crm___look", schema(email="string", level="integer"))
OPEN = ToolSchema(
    "Crm___open", schema(("subject",), subject="string", priority="string", amount="number")
)
SEND = ToolSchema("Mail___send", schema(to="string"))
TOOLS = (LOOK, OPEN, SEND)


def text(
    effect: str,
    *,
    tool: str = "",
    who: str = "principal",
    action: str = "action",
    when: str = "",
    gateway: str = GATEWAY,
) -> str:
    """Write a policy; `tool` is short for a scope of that one action."""
    action = f'action == AgentCore::Action::"{tool}"' if tool else action
    scope = f'{who}, {action}, resource == AgentCore::Gateway::"{gateway}"'
    return f"{effect}({scope})" + (f" when {{ {when} }};" if when else ";")


def policies(*statements: str, enforced: bool = True) -> list[Policy]:
    """Give statements ids: p0, p1, ..."""
    return [Policy(f"p{i}", f"p{i}", each, enforced) for i, each in enumerate(statements)]


def decider(*statements: str) -> Decider:
    return Decider(policies(*statements), GATEWAY, TOOLS)


def user(**tags: str) -> Principal:
    return Principal("OAuthUser", "ada", tags)


def has(tag: str, value: str) -> str:
    """Write the condition that a caller's tag has a value."""
    return f'principal.hasTag("{tag}") && principal.getTag("{tag}") == "{value}"'
