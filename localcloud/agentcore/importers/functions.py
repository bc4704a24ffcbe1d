"""From a Lambda target's tool schema to tools.

Source: botocore `bedrock-agentcore-control`, ToolDefinition and SchemaDefinition: a schema has
nothing beyond the members listed here.
"""

from typing import Final

from localcloud.agentcore.importers.schemas import expect_object, names
from localcloud.agentcore.model import JsonObject, LambdaBinding, Tool
from localcloud.agentcore.pointers import step
from localcloud.agentcore.ports import ImportFailed

_MEMBERS: Final = frozenset({"type", "properties", "required", "items", "description"})
_TYPES: Final = frozenset({"string", "number", "object", "array", "boolean", "integer"})


def function_tools(definitions: object, function_arn: str) -> tuple[Tool, ...]:
    """Make the tools of one function.

    Raises:
        ImportFailed: not a list of tool definitions, or two of one name.
    """
    if not isinstance(definitions, list):
        raise ImportFailed("The tool schema is not a list of tools.")
    tools: dict[str, Tool] = {}
    for index, value in enumerate(definitions):
        pointer = step("#", index)
        tool = _tool(expect_object(value, pointer), pointer, function_arn)
        if tool.name in tools:
            raise ImportFailed(f"{pointer}: there are two tools named '{tool.name}'.")
        tools[tool.name] = tool
    return tuple(tools.values())


def _tool(definition: JsonObject, pointer: str, function_arn: str) -> Tool:
    name, description = definition.get("name"), definition.get("description")
    if not isinstance(name, str) or not name or not isinstance(description, str):
        raise ImportFailed(f"{pointer}: a tool has a name and a description.")
    output = definition.get("outputSchema")
    return Tool(
        name=name,
        description=description,
        input_schema=_object(definition.get("inputSchema"), step(pointer, "inputSchema")),
        binding=LambdaBinding(function_arn),
        output_schema=(None if output is None else _object(output, step(pointer, "outputSchema"))),
    )


def _object(value: object, pointer: str) -> JsonObject:
    schema = _schema(value, pointer)
    if schema["type"] != "object":
        raise ImportFailed(f"{pointer}: the type of a tool's schema is object.")
    return schema


def _schema(value: object, pointer: str) -> JsonObject:
    schema = expect_object(value, pointer)
    if unknown := sorted(set(schema) - _MEMBERS):
        raise ImportFailed(f"{step(pointer, unknown[0])}: this keyword is not supported.")
    if schema.get("type") not in _TYPES:
        raise ImportFailed(f"{step(pointer, 'type')}: a schema has one of the six JSON types.")
    made = dict(schema)
    if "properties" in schema:
        where = step(pointer, "properties")
        members = expect_object(schema["properties"], where)
        made["properties"] = {
            name: _schema(each, step(where, name)) for name, each in members.items()
        }
    if "items" in schema:
        made["items"] = _schema(schema["items"], step(pointer, "items"))
    if "required" in schema:
        made["required"] = names(schema["required"], step(pointer, "required"))
    return made
