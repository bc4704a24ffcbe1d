"""From targets to tools: API Gateway exports, OpenAPI documents and tool schemas."""

import json

import pytest

from localcloud.agentcore.importers import AgentCoreImporter
from localcloud.agentcore.model import HttpBinding, JsonObject, LambdaBinding, Parameter, Tool
from localcloud.agentcore.ports import ImportFailed
from localcloud.cloud import Response
from tests.contract.agentcore_gateway.world import (
    API,
    FUNCTION_ARN,
    GATEWAY_ARN,
    GATEWAY_ID,
    NOTE,
    ROLE_ARN,
    World,
    json_response,
)
from tests.support.fake_cloud import CALLER

EXPORT_PATH = "/restapis/api1234567/stages/prod/exports/oas30"
EXPORT_URL = f"https://apigateway.us-east-1.amazonaws.com{EXPORT_PATH}"
EXPORT: JsonObject = {
    "openapi": "3.0.1",
    "info": {"title": "petstore", "version": "1.0"},
    "servers": [
        {
            "url": "https://api1234567.execute-api.us-east-1.amazonaws.com/{basePath}",
            "variables": {"basePath": {"default": "prod"}},
        }
    ],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "ListPets",
                "summary": "List pets",
                "parameters": [
                    {
                        "name": "type",
                        "in": "query",
                        "description": "Kind of pet",
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {"200": {"description": "200 response", "content": {}}},
                "security": [{"sigv4": []}],
            },
            "post": {
                "operationId": "CreatePet",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                    },
                    "required": True,
                },
                "responses": {"201": {"description": "201 response", "content": {}}},
            },
        },
        "/pets/{petId}": {
            "get": {
                "operationId": "GetPetById",
                "parameters": [
                    {
                        "name": "petId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                ],
                "responses": {
                    "200": {
                        "description": "200 response",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                        },
                    }
                },
            }
        },
    },
    "components": {
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name", "price"],
                "properties": {
                    "name": {"type": "string", "maxLength": 80},
                    "price": {"type": "number", "minimum": 0, "exclusiveMinimum": True},
                    "owner": {"$ref": "#/components/schemas/Owner"},
                },
            },
            "Owner": {
                "type": "object",
                "nullable": True,
                "properties": {"email": {"type": "string", "format": "email"}},
            },
        },
        "securitySchemes": {
            "sigv4": {
                "type": "apiKey",
                "name": "Authorization",
                "in": "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
            },
            "api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"},
        },
    },
}
READ_ONLY = [
    {"filterPath": "/pets", "methods": ["GET"]},
    {"filterPath": "/pets/*", "methods": ["GET"]},
]


@pytest.fixture
def world() -> World:
    made = World()
    made.gateway()
    made.cloud.answer("GET", EXPORT_URL, json_response(EXPORT))
    return made


async def run(world: World, configuration: JsonObject) -> tuple[Tool, ...]:
    """Import a target with this targetConfiguration."""
    gateway = world.reader.gateways[GATEWAY_ID]
    target = world.target()
    target.config["targetConfiguration"] = configuration
    return await AgentCoreImporter(world.cloud).import_tools(gateway, target, CALLER)


def rest_api(
    filters: list[JsonObject] | None = None, overrides: list[JsonObject] | None = None
) -> JsonObject:
    tools: JsonObject = {"toolFilters": filters or READ_ONLY}
    if overrides:
        tools["toolOverrides"] = overrides
    return {
        "mcp": {
            "apiGateway": {
                "restApiId": "api1234567",
                "stage": "prod",
                "apiGatewayToolConfiguration": tools,
            }
        }
    }


async def import_export(
    world: World, document: object, filters: list[JsonObject] | None = None
) -> tuple[Tool, ...]:
    world.cloud.answer("GET", EXPORT_URL, json_response(document))
    return await run(world, rest_api(filters))


@pytest.mark.fidelity("gateway.import-export")
async def test_the_stage_is_exported_with_the_callers_permission(world: World) -> None:
    await run(world, rest_api())
    (asked,) = world.cloud.authorizations
    assert (asked.caller, asked.action) == (CALLER, "apigateway:GET")
    assert asked.resource == f"arn:aws:apigateway:us-east-1::{EXPORT_PATH}"
    (sent,) = world.cloud.sent
    assert (sent.headers["accept"], sent.credentials) == ("application/json", None)
    assert sent.service == "apigateway"


@pytest.mark.fidelity("gateway.import-export")
async def test_a_caller_who_may_not_export_the_stage_is_told_so(world: World) -> None:
    world.cloud.denied.append(("apigateway:GET", "*"))
    with pytest.raises(ImportFailed, match="not authorized to perform: apigateway:GET"):
        await run(world, rest_api())
    assert world.cloud.sent == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (json_response({"message": "Invalid Stage identifier specified"}, 404), "Invalid Stage"),
        (Response(500, {}, b"<html>"), "HTTP 500"),
        (Response(200, {}, b"<html>"), "not valid JSON"),
        (json_response([]), "# is not an object"),
        (json_response({"swagger": "2.0"}), r"Swagger 2\.0 is not supported"),
        (json_response({"openapi": "4.0"}), r"not OpenAPI 3\.0"),
    ],
)
async def test_an_export_that_is_none_fails_with_the_reason(
    world: World, answer: Response, reason: str
) -> None:
    world.cloud.answer("GET", EXPORT_URL, answer)
    with pytest.raises(ImportFailed, match=reason):
        await run(world, rest_api())


@pytest.mark.fidelity("gateway.import-tools")
async def test_operations_become_tools_named_by_their_operation_id(world: World) -> None:
    listed, found = await run(world, rest_api())
    assert listed == Tool(
        name="ListPets",
        description="List pets",
        input_schema={
            "type": "object",
            "properties": {"type": {"type": "string", "description": "Kind of pet"}},
        },
        binding=HttpBinding("GET", f"{API}/pets", (Parameter("type", "query"),), "execute-api"),
    )
    assert (found.name, found.description) == ("GetPetById", "GET /pets/{petId}")
    assert found.input_schema["required"] == ["petId"]
    assert found.binding == HttpBinding(
        "GET", f"{API}/pets/{{petId}}", (Parameter("petId", "path"),), "execute-api"
    )


@pytest.mark.fidelity("gateway.import-schemas")
async def test_references_are_inlined_and_the_body_lies_flat(world: World) -> None:
    (created,) = await run(world, rest_api([{"filterPath": "/pets", "methods": ["POST"]}]))
    (found,) = await run(world, rest_api([{"filterPath": "/pets/*", "methods": ["GET"]}]))
    pet = {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 80},
            "price": {"type": "number", "minimum": 0, "exclusiveMinimum": 0},
            "owner": {
                "type": ["object", "null"],
                "properties": {"email": {"type": "string", "format": "email"}},
            },
        },
        "required": ["name", "price"],
    }
    assert found.output_schema == pet
    assert created.input_schema == pet
    assert isinstance(created.binding, HttpBinding)
    assert {each.location for each in created.binding.parameters} == {"body"}


@pytest.mark.fidelity("gateway.http-unsigned")
async def test_a_target_without_credentials_is_not_signed_for(world: World) -> None:
    target = world.target(credentials=[])
    target.config["targetConfiguration"] = rest_api()
    gateway = world.reader.gateways[GATEWAY_ID]
    tools = await AgentCoreImporter(world.cloud).import_tools(gateway, target, CALLER)
    assert isinstance(tools[0].binding, HttpBinding)
    assert tools[0].binding.service is None


@pytest.mark.fidelity("gateway.import-override")
async def test_an_override_names_and_describes_a_tool(world: World) -> None:
    override = {"path": "/pets", "method": "GET", "name": "pets", "description": "All of them"}
    listed, _ = await run(world, rest_api(overrides=[override]))
    assert (listed.name, listed.description) == ("pets", "All of them")


@pytest.mark.fidelity("gateway.import-override")
async def test_an_override_that_no_filter_covers_fails(world: World) -> None:
    override = {"path": "/pets", "method": "POST", "name": "create"}
    with pytest.raises(ImportFailed, match="override for POST /pets is covered by no tool filter"):
        await run(world, rest_api(overrides=[override]))


@pytest.mark.fidelity("gateway.import-filter")
async def test_a_filter_that_matches_nothing_fails(world: World) -> None:
    filters = [*READ_ONLY, {"filterPath": "/pets", "methods": ["DELETE"]}]
    with pytest.raises(ImportFailed, match=r"filter '/pets' \[DELETE\] matches no operation"):
        await run(world, rest_api(filters))


@pytest.mark.fidelity("gateway.import-filter")
async def test_filters_that_overlap_give_each_tool_once(world: World) -> None:
    filters = [*READ_ONLY, {"filterPath": "/*", "methods": ["GET", "POST"]}]
    tools = await run(world, rest_api(filters))
    assert [tool.name for tool in tools] == ["ListPets", "CreatePet", "GetPetById"]


@pytest.mark.fidelity("gateway.import-no-name")
async def test_an_operation_without_a_name_fails(world: World) -> None:
    document = json.loads(json.dumps(EXPORT))
    del document["paths"]["/pets/{petId}"]["get"]["operationId"]
    with pytest.raises(ImportFailed, match=r"^GET /pets/\{petId\} has no operationId"):
        await import_export(world, document)


@pytest.mark.fidelity("gateway.import-no-responses")
@pytest.mark.parametrize("responses", [None, {}])
async def test_a_method_without_responses_fails(world: World, responses: object) -> None:
    document = json.loads(json.dumps(EXPORT))
    document["paths"]["/pets"]["get"]["responses"] = responses
    with pytest.raises(ImportFailed, match=r"^GET /pets has no responses"):
        await import_export(world, document)
    only_pet = [{"filterPath": "/pets/*", "methods": ["GET"]}]
    assert await import_export(world, document, only_pet), "an operation not chosen does no harm"


@pytest.mark.fidelity("gateway.import-two-credentials")
async def test_a_method_that_wants_sigv4_and_a_key_is_left_out(world: World) -> None:
    document = json.loads(json.dumps(EXPORT))
    document["paths"]["/pets"]["get"]["security"] = [{"sigv4": [], "api_key": []}]
    tools = await import_export(world, document, [{"filterPath": "/*", "methods": ["GET"]}])
    assert [tool.name for tool in tools] == ["GetPetById"]


async def test_two_operations_of_one_name_fail(world: World) -> None:
    document = json.loads(json.dumps(EXPORT))
    document["paths"]["/pets/{petId}"]["get"]["operationId"] = "ListPets"
    with pytest.raises(ImportFailed, match="are both named 'ListPets'"):
        await import_export(world, document)


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


@pytest.mark.fidelity("gateway.import-lambda")
async def test_a_functions_tools_are_its_inline_schema(world: World) -> None:
    definition = {
        "name": NOTE.name,
        "description": NOTE.description,
        "inputSchema": NOTE.input_schema,
    }
    schema = {"inlinePayload": [definition]}
    (tool,) = await run(
        world, {"mcp": {"lambda": {"lambdaArn": FUNCTION_ARN, "toolSchema": schema}}}
    )
    assert tool == NOTE
    assert tool.binding == LambdaBinding(FUNCTION_ARN)


@pytest.mark.fidelity("gateway.import-s3")
async def test_a_tool_schema_in_s3_is_read_with_the_gateways_role(world: World) -> None:
    definition = {"name": "t", "description": "T", "inputSchema": {"type": "object"}}
    where = "https://s3.us-east-1.amazonaws.com/schemas/a%20dir/tools.json"
    world.cloud.answer("GET", where, json_response([definition]))
    s3 = {"uri": "s3://schemas/a dir/tools.json", "bucketOwnerAccountId": "123456789012"}
    configuration = {"mcp": {"lambda": {"lambdaArn": FUNCTION_ARN, "toolSchema": {"s3": s3}}}}
    (tool,) = await run(world, configuration)
    assert tool.name == "t"
    (sent,) = world.cloud.sent
    assert sent.service == "s3"
    assert sent.credentials is not None
    assert sent.headers["x-amz-expected-bucket-owner"] == "123456789012"
    assert world.cloud.assumed == [(ROLE_ARN, GATEWAY_ARN)]
    world.cloud.answer("GET", where, Response(403))
    with pytest.raises(ImportFailed, match="could not be read with the gateway's role: 403"):
        await run(world, configuration)
    world.cloud.unassumable.append("*")
    with pytest.raises(ImportFailed, match="not authorized to assume"):
        await run(world, configuration)


@pytest.mark.fidelity("gateway.import-lambda")
@pytest.mark.parametrize(
    ("definitions", "reason"),
    [
        ({}, "not a list of tools"),
        ([5], "#/0 is not an object"),
        ([{"name": "t"}], "#/0: a tool has a name and a description"),
        ([{"name": "t", "description": ""}], "#/0/inputSchema is not an object"),
        (
            [{"name": "t", "description": "", "inputSchema": {"type": "string"}}],
            "#/0/inputSchema: the type of a tool's schema is object",
        ),
        (
            [{"name": "t", "description": "", "inputSchema": {"type": "object", "enum": []}}],
            "#/0/inputSchema/enum: this keyword is not supported",
        ),
        (
            [
                {
                    "name": "t",
                    "description": "",
                    "inputSchema": {"type": "object", "properties": {"a": {"type": "date"}}},
                }
            ],
            "#/0/inputSchema/properties/a/type: a schema has one of the six JSON types",
        ),
        (
            [{"name": "t", "description": "", "inputSchema": {"type": "object"}}] * 2,
            "two tools named",
        ),
        ([], "offers no tool"),
    ],
)
async def test_a_tool_schema_that_is_none_fails_by_its_place(
    world: World, definitions: object, reason: str
) -> None:
    world.cloud.answer("GET", "https://s3.*", json_response(definitions))
    schema = {"s3": {"uri": "s3://schemas/tools.json"}}
    with pytest.raises(ImportFailed, match=reason):
        await run(world, {"mcp": {"lambda": {"lambdaArn": FUNCTION_ARN, "toolSchema": schema}}})


YAML = """
openapi: 3.1.0
servers:
  - url: https://{env}.example.com/v1/
    variables: {env: {default: api}}
paths:
  /days/{day}:
    parameters:
      - {name: day, in: path, required: true, schema: {type: string, default: 2026-01-02}}
    get:
      operationId: getDay
      responses: {"200": {description: ok}}
"""


@pytest.mark.fidelity("gateway.import-openapi")
async def test_an_inline_openapi_document_may_be_yaml(world: World) -> None:
    (tool,) = await run(world, {"mcp": {"openApiSchema": {"inlinePayload": YAML}}})
    assert isinstance(tool.binding, HttpBinding)
    assert tool.binding.url == "https://api.example.com/v1/days/{day}"
    assert tool.input_schema["properties"]["day"]["default"] == "2026-01-02"


@pytest.mark.fidelity("gateway.import-openapi")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "neither valid JSON nor valid YAML"),
        ("{", "not valid JSON"),
        (YAML.replace("https://{env}.example.com", ""), "not a valid absolute URL"),
        (YAML.replace("servers", "x-servers"), "names no server"),
        (YAML.replace("operationId", "x-id"), "has no operationId"),
        ("x" * (1024 * 1024 + 1), "more than 1048576"),
    ],
)
async def test_an_openapi_document_that_cannot_be_used_fails(
    world: World, text: str, reason: str
) -> None:
    with pytest.raises(ImportFailed, match=reason):
        await run(world, {"mcp": {"openApiSchema": {"inlinePayload": text}}})


@pytest.mark.fidelity("gateway.import-other-kinds")
@pytest.mark.parametrize(
    ("configuration", "kind"),
    [
        ({"mcp": {"mcpServer": {}}}, "mcpServer"),
        ({"mcp": {"smithyModel": {}}}, "smithyModel"),
        ({"mcp": {"connector": {}}}, "connector"),
        ({"http": {"agentcoreRuntime": {}}}, "http"),
        ({"inference": {}}, "inference"),
    ],
)
async def test_other_kinds_of_target_fail_with_a_clear_sentence(
    world: World, configuration: JsonObject, kind: str
) -> None:
    with pytest.raises(ImportFailed, match=f"does not run targets of kind '{kind}' yet"):
        await run(world, configuration)
