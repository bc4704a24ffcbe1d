"""From a stage of a REST API to tools: the export, filters, overrides and names."""

import json

import pytest

from localcloud.agentcore.importers import AgentCoreImporter
from localcloud.agentcore.model import HttpBinding, Parameter, Tool
from localcloud.agentcore.ports import ImportFailed
from localcloud.cloud import Response
from tests.contract.agentcore_gateway.world import (
    API,
    GATEWAY_ID,
    World,
    json_response,
)
from tests.contract.agentcore_importers.exports import (
    EXPORT,
    EXPORT_PATH,
    EXPORT_URL,
    READ_ONLY,
    import_export,
    rest_api,
    run,
)
from tests.support.fake_cloud import CALLER


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
