"""From documents given inline or in S3: tool schemas of functions, and OpenAPI."""

import pytest

from localcloud.agentcore.model import HttpBinding, JsonObject, LambdaBinding
from localcloud.agentcore.ports import ImportFailed
from localcloud.cloud import Response
from tests.contract.agentcore_gateway.world import (
    FUNCTION_ARN,
    GATEWAY_ARN,
    NOTE,
    ROLE_ARN,
    World,
    json_response,
)
from tests.contract.agentcore_importers.exports import (
    run,
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
        (
            [
                {
                    "name": "t",
                    "description": "",
                    "inputSchema": {"type": "object"},
                    "outputSchema": "",
                }
            ],
            "#/0/outputSchema is not an object",
        ),
        ([{"name": "t", "description": "\ud800"}], "not valid JSON"),
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
@pytest.mark.parametrize("status", ['"200"', "200"])
async def test_an_inline_openapi_document_may_be_yaml(world: World, status: str) -> None:
    text = YAML.replace('"200"', status)
    (tool,) = await run(world, {"mcp": {"openApiSchema": {"inlinePayload": text}}})
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
