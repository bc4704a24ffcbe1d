"""From parameters and bodies to one flat schema of arguments."""

import pytest

from localcloud.agentcore.model import HttpBinding, JsonObject, Parameter
from localcloud.agentcore.ports import ImportFailed
from tests.contract.agentcore_gateway.world import (
    World,
)
from tests.contract.agentcore_importers.exports import (
    EXPORT,
    import_export,
)


def with_operation(operation: JsonObject, path: str = "/things") -> JsonObject:
    """Return an export with one operation, `responses` and a name added."""
    full = {"operationId": "things", "responses": {"200": {"description": "ok"}}} | operation
    return EXPORT | {"paths": {path: {"post": full}}}


THINGS: list[JsonObject] = [{"filterPath": "/*", "methods": ["POST"]}]


def json_body(schema: JsonObject, **more: object) -> JsonObject:
    return {"requestBody": {"content": {"application/json": {"schema": schema}}, **more}}


@pytest.mark.fidelity("gateway.import-unsupported")
@pytest.mark.parametrize("combinator", ["oneOf", "anyOf", "allOf", "not"])
async def test_combined_schemas_are_refused_by_their_place(world: World, combinator: str) -> None:
    schema: JsonObject = {"properties": {"a/b": {combinator: []}}}
    body = "#/paths/~1things/post/requestBody/content/application~1json"
    where = f"{body}/schema/properties/a~1b/{combinator}"
    with pytest.raises(ImportFailed, match=f"^{where}: {combinator} is not supported"):
        await import_export(world, with_operation(json_body(schema)), THINGS)


@pytest.mark.fidelity("gateway.import-cycle")
@pytest.mark.parametrize(
    "node",
    [
        {"properties": {"child": {"$ref": "#/components/schemas/Node"}}},
        {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        {"$ref": "#/components/schemas/Node"},
    ],
)
async def test_a_schema_that_refers_to_itself_is_refused(world: World, node: JsonObject) -> None:
    schema = {"properties": {"root": {"$ref": "#/components/schemas/Node"}}}
    document = with_operation(json_body(schema)) | {"components": {"schemas": {"Node": node}}}
    with pytest.raises(ImportFailed, match=r"#/components/schemas/Node.* refers to itself"):
        await import_export(world, document, THINGS)


async def test_references_that_multiply_are_refused(world: World) -> None:
    schemas = {
        f"S{index}": {
            "properties": {
                side: {"$ref": f"#/components/schemas/S{index + 1}"} for side in ("a", "b")
            }
        }
        for index in range(40)
    } | {"S40": {"type": "string"}}
    document = with_operation(json_body({"$ref": "#/components/schemas/S0"}))
    with pytest.raises(ImportFailed, match="too large or nested too deeply"):
        await import_export(world, document | {"components": {"schemas": schemas}}, THINGS)


@pytest.mark.fidelity("gateway.import-unsupported")
@pytest.mark.parametrize(
    ("operation", "path", "reason"),
    [
        ({}, "/{proxy+}", "greedy paths"),
        (json_body({"type": "array"}), "/things", "only an object can be the body"),
        (json_body({"$ref": "other.json#/Pet"}), "/things", "only references within the document"),
        (json_body({"$ref": "#/components/none"}), "/things", "does not exist"),
        (json_body({"type": 5}), "/things", "cannot be checked|only an object"),
        (
            json_body({"properties": {"a": {"pattern": "("}}}),
            "/things",
            "'things' cannot be checked",
        ),
        (json_body({"properties": []}), "/things", "schema/properties is not an object"),
        (json_body({"properties": {}, "required": "a"}), "/things", "is not a list of names"),
        (
            {"requestBody": {"content": {"text/plain": {}}}},
            "/things",
            "only application/json bodies are supported",
        ),
        ({"parameters": {}}, "/things", "parameters is not a list"),
        (
            {"parameters": [{"in": "header", "name": "x: y\r\nz"}]},
            "/things",
            "parameters/0/name: this is no name of a header",
        ),
        ({"parameters": [{"in": "body", "name": "x"}]}, "/things", "not a place for a parameter"),
        (
            {"parameters": [{"in": "query", "name": "x", "style": "deepObject"}]},
            "/things",
            "parameters/0/style: this serialisation is not supported",
        ),
    ],
)
async def test_what_a_gateway_does_not_take_is_refused(
    world: World, operation: JsonObject, path: str, reason: str
) -> None:
    with pytest.raises(ImportFailed, match=reason):
        await import_export(world, with_operation(operation, path), THINGS)


@pytest.mark.fidelity("gateway.import-clash")
async def test_a_name_in_path_and_body_is_one_argument_for_both(world: World) -> None:
    schema = {"properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
    (tool,) = await import_export(world, with_operation(json_body(schema), "/things/{id}"), THINGS)
    assert tool.input_schema["properties"]["id"] == {"type": "string"}
    assert isinstance(tool.binding, HttpBinding)
    assert tool.binding.parameters == (
        Parameter("id", "path"),
        Parameter("id", "body"),
        Parameter("name", "body"),
    )


async def test_headers_that_belong_to_the_connection_are_no_arguments(world: World) -> None:
    parameters = [
        {"in": "header", "name": name, "schema": {"type": "string"}}
        for name in ("Authorization", "Content-Type", "Host", "If-Match")
    ] + [{"in": "cookie", "name": "session"}]
    (tool,) = await import_export(world, with_operation({"parameters": parameters}), THINGS)
    assert list(tool.input_schema["properties"]) == ["If-Match"]


@pytest.mark.parametrize(
    ("schema", "allowed"),
    [({"type": "object"}, True), ({"properties": {}, "additionalProperties": False}, None)],
)
async def test_a_body_without_members_takes_any(
    world: World, schema: JsonObject, allowed: bool | None
) -> None:
    (tool,) = await import_export(world, with_operation(json_body(schema)), THINGS)
    assert tool.input_schema.get("additionalProperties") is allowed


async def test_too_many_tools_are_refused(world: World) -> None:
    paths = {
        f"/p{index}": {"get": {"operationId": f"op{index}", "responses": {"200": {}}}}
        for index in range(1001)
    }
    with pytest.raises(ImportFailed, match="1001 tools, more than 1000"):
        await import_export(
            world, EXPORT | {"paths": paths}, [{"filterPath": "/*", "methods": ["GET"]}]
        )
