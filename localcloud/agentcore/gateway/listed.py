"""From what an MCP server lists to tools.

Sources: MCP specification, tools; AgentCore Developer Guide, MCP server targets; awslabs/mcp,
AgentCore guidance: schemas without `$ref`, `$defs`, `$anchor`, `$dynamicRef`, `$dynamicAnchor`.
"""

from collections.abc import Iterator
from typing import Any, Final

import mcp_types
from pydantic import ValidationError

from localcloud.agentcore.model import JsonObject, McpBinding, Target, Tool
from localcloud.agentcore.pointers import step
from localcloud.agentcore.ports import ImportFailed

MAX_DEPTH: Final = 64
"""Schemas inside each other."""

REFUSED: Final = frozenset({"$ref", "$defs", "$anchor", "$dynamicRef", "$dynamicAnchor"})
_NAMED: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})
"""Keywords whose members have names of the schema's author, each with a schema behind it."""

_DATA: Final = frozenset({"const", "default", "enum", "examples"})
"""Keywords that hold values, not schemas."""


def is_dynamic(target: Target) -> bool:
    """Tell whether a target's tools are asked for whenever somebody lists them."""
    return server_of(target).get("listingMode") == "DYNAMIC"


def is_synchronized(target: Target) -> bool:
    """Tell whether a target's tools are fetched from its server and kept."""
    server = server_of(target)
    return bool(server) and "mcpToolSchema" not in server and not is_dynamic(target)


def server_of(target: Target) -> JsonObject:
    """Return `targetConfiguration.mcp.mcpServer`, empty for other kinds of target."""
    configured = target.config["targetConfiguration"].get("mcp", {}).get("mcpServer", {})
    return dict(configured)


def binding_of(target: Target) -> McpBinding:
    """Return where an MCP server target's tools are called, and what to sign for."""
    return McpBinding(str(server_of(target)["endpoint"]), target.iam_service)


def listed_tools(listed: object, binding: McpBinding) -> tuple[Tool, ...]:
    """Make the tools of one server.

    Args:
        listed: `tools` of a tools/list.
        binding: how they are called.

    Raises:
        ImportFailed: not a list of tools, two of one name, or a schema that refers elsewhere.
    """
    if not isinstance(listed, list):
        raise ImportFailed("The MCP server's tools are not a list.")
    tools: dict[str, Tool] = {}
    for index, value in enumerate(listed):
        pointer = step("#/tools", index)
        tool = _tool(value, pointer, binding)
        if tool.name in tools:
            raise ImportFailed(f"{pointer}: there are two tools named '{tool.name}'.")
        tools[tool.name] = tool
    return tuple(tools.values())


def _tool(value: object, pointer: str, binding: McpBinding) -> Tool:
    try:
        read = mcp_types.Tool.model_validate(value)
    except ValidationError as error:
        raise ImportFailed(f"{pointer}: this is no tool of MCP.") from error
    if not read.name:
        raise ImportFailed(f"{step(pointer, 'name')}: a tool has a name.")
    for member, schema in (
        ("inputSchema", read.input_schema),
        ("outputSchema", read.output_schema),
    ):
        for culprit in _references(schema, step(pointer, member), 0):
            raise ImportFailed(f"{culprit}: this keyword is not supported in a tool's schema.")
    return Tool(
        name=read.name,
        description=read.description or read.title or read.name,
        input_schema={"type": "object", **read.input_schema},
        binding=binding,
        output_schema=read.output_schema,
    )


def _references(schema: Any, pointer: str, depth: int) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the pointers of keywords that are not supported."""
    if depth > MAX_DEPTH:
        raise ImportFailed(f"{pointer}: the schema is nested too deeply.")
    if isinstance(schema, list):
        for index, item in enumerate(schema):
            yield from _references(item, step(pointer, index), depth + 1)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        where = step(pointer, key)
        if key in REFUSED:
            yield where
        elif key in _NAMED and isinstance(value, dict):
            for name, member in value.items():
                yield from _references(member, step(where, name), depth + 1)
        elif key not in _DATA:
            yield from _references(value, where, depth + 1)
