"""OpenAPI documents that break others: tools or a reason, within bounds, and nothing else."""

import asyncio
import json

import pytest

from localcloud.agentcore.gateway.outbound import Outbound, http_request
from localcloud.agentcore.model import HttpBinding, JsonObject, Tool
from localcloud.agentcore.ports import ImportFailed
from localcloud.cloud import Response
from tests.contract.agentcore_gateway.world import World, json_response
from tests.contract.agentcore_importers.exports import run

OK: JsonObject = {"200": {"description": "ok"}}
SERVER = "https://api.example.com/v1"
LISTS = {"type": "array", "items": {"type": "string"}}


def document(operation: JsonObject, method: str = "get", **more: object) -> JsonObject:
    """Return a document with one operation at `/things`."""
    full = {"operationId": "things", "responses": OK} | operation
    paths: JsonObject = {"/things": {method: full}}
    return {"openapi": "3.0.3", "servers": [{"url": SERVER}], "paths": paths} | more


async def tools_of(world: World, content: object) -> tuple[Tool, ...]:
    text = content if isinstance(content, str) else json.dumps(content)
    return await run(world, {"mcp": {"openApiSchema": {"inlinePayload": text}}})


def query(**parameter: object) -> JsonObject:
    return {"parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}, **parameter}]}


WHERE = "#/paths/~1things/get"


@pytest.mark.fidelity("gateway.import-unsupported")
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"swagger": "2.0"}, "#/swagger: Swagger 2.0 is not supported"),
        ({"openapi": "3.2.0"}, "#/openapi: the API document is not OpenAPI 3.0 or 3.1"),
        (document({}, webhooks={"new": {}}), "#/webhooks: webhooks are not supported"),
        (document({"callbacks": {"a": {}}}), f"{WHERE}/callbacks: callbacks of an operation"),
        (document({"servers": [{"url": SERVER}]}), f"{WHERE}/servers: servers of an operation"),
        (document(query(style="pipeDelimited")), f"{WHERE}/parameters/0/style: this serial"),
        (
            document(query(explode=False, schema=LISTS)),
            f"{WHERE}/parameters/0/explode: this serial",
        ),
        (document(query(schema={"type": "object"})), f"{WHERE}/parameters/0/schema: this serial"),
        (
            document(query(content={"application/json": {}})),
            f"{WHERE}/parameters/0/content: this serial",
        ),
        (document(query(allowReserved=True)), f"{WHERE}/parameters/0/allowReserved: this serial"),
        (
            document({"requestBody": {"content": {"multipart/form-data": {}}}}),
            f"{WHERE}/requestBody/content/multipart~1form-data: only application/json",
        ),
        (
            document(query(schema={"$ref": "https://evil.example/s.json"})),
            f"{WHERE}/parameters/0/schema/$ref: only references within the document",
        ),
        (
            document(query(schema={"$ref": "#things"})),
            f"{WHERE}/parameters/0/schema/$ref: #things is no JSON pointer",
        ),
        (
            document(query(schema={"$ref": "#/paths/5"})),
            f"{WHERE}/parameters/0/schema/$ref: #/paths/5 does not exist",
        ),
        (document({"operationId": "t" * 257}), "has more than 256 characters"),
        (
            document({}) | {"paths": {f"/p{n}": document({})["paths"]["/things"] for n in (1, 2)}},
            "GET /p2 and GET /p1 are both named 'things'",
        ),
    ],
)
async def test_what_is_not_supported_is_refused_by_its_place(
    world: World, content: JsonObject, reason: str
) -> None:
    with pytest.raises(ImportFailed) as refused:
        await tools_of(world, content)
    assert reason in str(refused.value)


@pytest.mark.fidelity("gateway.import-server")
@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://api.example.com", True),
        ("http://127.0.0.1:8080/v1", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080", True),
        ("https://8.8.8.8", True),
        ("/v1", False),
        ("ftp://api.example.com", False),
        ("https://", False),
        ("https://{host}/v1", False),
        ("https://me:secret@api.example.com", False),
        ("https://api.example.com?key=1", False),
        ("https://api.example.com:port", False),
        ("https://api.example.com/a b", False),
        ("https://10.0.0.1", False),
        ("https://192.168.1.1/v1", False),
        ("https://169.254.169.254/latest", False),
        ("https://[fd00::1]", False),
        ("https://167772161", False),
        ("https://10.1", False),
        ("https://0xa000001", False),
    ],
)
async def test_a_server_has_an_absolute_url_outside_of_private_networks(
    world: World, url: str, taken: bool
) -> None:
    content = document({}) | {"servers": [{"url": url}]}
    if taken:
        (tool,) = await tools_of(world, content)
        assert isinstance(tool.binding, HttpBinding)
        assert tool.binding.url == f"{url}/things"
        return
    with pytest.raises(ImportFailed, match=r"^#/servers/0/url: ") as refused:
        await tools_of(world, content)
    assert "secret" not in str(refused.value)


@pytest.mark.fidelity("gateway.import-name")
@pytest.mark.parametrize("length", [64, 65, 256])
async def test_a_tools_name_has_up_to_256_characters(world: World, length: int) -> None:
    (tool,) = await tools_of(world, document({"operationId": "n" * length}))
    assert len(tool.name) == length


@pytest.mark.fidelity("gateway.import-cycle")
async def test_a_parameter_whose_schema_is_a_circle_is_refused(world: World) -> None:
    node = {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}
    content = document(query(schema={"$ref": "#/components/schemas/Node"}))
    with pytest.raises(ImportFailed, match="#/components/schemas/Node: the schema refers to itse"):
        await tools_of(world, content | {"components": {"schemas": {"Node": node}}})


async def test_references_into_lists_are_followed(world: World) -> None:
    content = document(query(schema={"$ref": "#/x-all/1"}))
    (tool,) = await tools_of(world, content | {"x-all": [{}, {"type": "integer"}]})
    assert tool.input_schema["properties"]["q"] == {"type": "integer"}


def bomb(levels: int) -> str:
    """Return YAML of some lines that stands for ten to the power of `levels` nodes."""
    lines = ["a0: &a0 x"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels + 1)]
    return "openapi: 3.0.0\n" + "\n".join(lines)


@pytest.mark.fidelity("gateway.import-bounds")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (bomb(9), "aliases stand for more than 100000 nodes"),
        ("a: &a [*a]", r"The alias \*a is inside of what it stands for"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "not valid JSON"),
        ("a: &a {b: c}\n<<: *a", "Merge keys of YAML are not supported"),
        ("a: !!binary aGk=", "a value of type bytes"),
        ("a: .nan", "a number that is not finite"),
        ('{"a": 1e999}', "a number that is not finite"),
        ("a: !!python/object:os.system {}", "neither valid JSON nor valid YAML"),
        ("? [a]\n: b", "neither valid JSON nor valid YAML"),
        ("a: b: c", "neither valid JSON nor valid YAML"),
        ("", "# is not an object"),
    ],
)
async def test_text_that_would_unfold_or_never_end_is_refused(
    world: World, text: str, reason: str
) -> None:
    async with asyncio.timeout(5):
        with pytest.raises(ImportFailed, match=reason):
            await tools_of(world, text)


async def test_aliases_within_bounds_are_what_they_stand_for(world: World) -> None:
    text = f"""
openapi: 3.0.0
servers: [{{url: {SERVER}}}]
x-id: &id {{type: string}}
paths:
  /things/{{id}}:
    get:
      operationId: things
      parameters: [{{name: id, in: path, schema: *id}}]
      responses: {{200: {{description: ok}}}}
"""
    (tool,) = await tools_of(world, text)
    assert tool.input_schema["properties"] == {"id": {"type": "string"}}


@pytest.mark.fidelity("gateway.import-openapi")
async def test_a_document_in_s3_may_have_ten_megabytes(world: World) -> None:
    fill = document({}) | {"x-fill": ""}
    size = 10 * 1024 * 1024
    fill["x-fill"] = "x" * (size - len(json.dumps(fill)))
    s3 = {"mcp": {"openApiSchema": {"s3": {"uri": "s3://schemas/api.json"}}}}
    world.cloud.answer("GET", "https://s3.*", json_response(fill))
    (tool,) = await run(world, s3)
    assert tool.name == "things"
    world.cloud.answer("GET", "https://s3.*", Response(200, {}, b"x" * (size + 1)))
    with pytest.raises(ImportFailed, match="more than 10485760"):
        await run(world, s3)


def request_of(tool: Tool, arguments: JsonObject) -> Outbound:
    assert isinstance(tool.binding, HttpBinding)
    return http_request(tool.binding, arguments)


@pytest.mark.fidelity("gateway.http-call")
@pytest.mark.parametrize("method", ["get", "put", "post", "delete", "options", "head", "patch"])
async def test_each_method_is_called_as_it_is_described(world: World, method: str) -> None:
    body: JsonObject = {"content": {"application/json": {"schema": {"properties": {"note": {}}}}}}
    operation = query(schema=LISTS) | {"requestBody": body}
    (tool,) = await tools_of(world, document(operation, method))
    request = request_of(tool, {"q": ["a", "b c"], "note": {"deep": [1]}})
    assert (request.method, request.url) == (method.upper(), f"{SERVER}/things?q=a&q=b%20c")
    assert json.loads(request.content) == {"note": {"deep": [1]}}
