"""tools/call: what targets get, and what clients see of their answers."""

import base64
import json
from datetime import timedelta
from urllib.parse import quote

import pytest

from localcloud.agentcore.model import HttpBinding, JsonObject, LambdaBinding, Parameter, Tool
from localcloud.cloud import CloudError, Response
from tests.contract.agentcore_gateway.world import (
    API,
    FUNCTION_ARN,
    GATEWAY_ARN,
    GATEWAY_ID,
    NOTE,
    NOW,
    ROLE_ARN,
    World,
    json_response,
)

TERSE = "An internal error occurred. Please retry later."
INVOKE = (
    f"https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/{quote(FUNCTION_ARN, safe='')}"
    "/invocations"
)
HEADING = "ValidationException - Parameter validation failed: Invalid request parameters:\n"


def text_of(result: JsonObject) -> str:
    assert [content["type"] for content in result["content"]] == ["text"]
    return str(result["content"][0]["text"])


@pytest.mark.fidelity("gateway.http-call")
async def test_a_call_goes_out_signed_with_the_gateways_role(world: World) -> None:
    body = {"items": [{"petId": "1", "name": "Buddy"}]}
    world.cloud.answer("GET", f"{API}/pets?*", json_response(body))
    arguments = {"type": "dog", "limit": 2, "tag": ["a b", "c&d"]}
    result = await world.call("PetStoreTarget___ListPets", arguments)
    assert (json.loads(text_of(result)), result["isError"]) == (body, False)
    (sent,) = world.sent_to(API)
    assert sent.url == f"{API}/pets?type=dog&limit=2&tag=a%20b&tag=c%26d"
    assert (sent.method, sent.content, sent.service) == ("GET", b"", "execute-api")
    assert sent.credentials is not None
    assert sent.credentials.access_key_id == f"ASIA{ROLE_ARN}"
    assert world.cloud.assumed == [(ROLE_ARN, GATEWAY_ARN)]


async def test_the_role_is_taken_again_after_a_minute(world: World) -> None:
    await world.call("PetStoreTarget___ListPets")
    await world.call("PetStoreTarget___ListPets")
    assert len(world.cloud.assumed) == 1
    world.now = NOW + timedelta(seconds=60)
    await world.call("PetStoreTarget___ListPets")
    assert len(world.cloud.assumed) == 2


@pytest.mark.fidelity("gateway.http-unsigned")
async def test_a_target_without_credentials_is_called_unsigned() -> None:
    world = World()
    world.gateway()
    binding = HttpBinding("GET", f"{API}/pets")
    tool = Tool("Open", "Open", {"type": "object", "properties": {}}, binding)
    world.target(tool, credentials=[])
    await world.call("PetStoreTarget___Open")
    (sent,) = world.sent_to(API)
    assert (sent.credentials, sent.service) == (None, None)
    assert world.cloud.assumed == []


@pytest.mark.fidelity("gateway.http-call")
async def test_body_arguments_are_sent_as_json() -> None:
    world = World()
    world.gateway()
    binding = HttpBinding(
        "PUT",
        f"{API}/pets/{{petId}}",
        (
            Parameter("petId", "path"),
            Parameter("If-Match", "header"),
            Parameter("name", "body"),
            Parameter("petId", "body"),
        ),
        "execute-api",
    )
    schema = {
        "type": "object",
        "properties": {
            "petId": {"type": "string"},
            "If-Match": {"type": "integer"},
            "name": {"type": "string"},
        },
    }
    world.target(Tool("UpdatePet", "Update", schema, binding))
    world.cloud.answer("PUT", f"{API}/*", json_response({}))
    await world.call("PetStoreTarget___UpdatePet", {"petId": "p/1", "If-Match": 3, "name": "é"})
    await world.call("PetStoreTarget___UpdatePet", {"petId": "p1"})
    first, second = world.sent_to(API)
    assert first.url == f"{API}/pets/p%2F1"
    assert first.headers == {
        "accept": "application/json",
        "content-type": "application/json",
        "If-Match": "3",
    }
    assert json.loads(first.content) == {"name": "é", "petId": "p/1"}
    assert json.loads(second.content) == {"petId": "p1"}


@pytest.mark.fidelity("gateway.path-arguments")
@pytest.mark.parametrize("pet_id", ["", ".", ".."])
async def test_a_path_argument_that_names_another_resource_is_refused(
    world: World, pet_id: str
) -> None:
    result = await world.call("PetStoreTarget___GetPetById", {"petId": pet_id})
    assert result["isError"] is True
    assert text_of(result) == HEADING + "- Invalid value for field 'petId': not a path segment"
    assert world.sent_to(API) == []


@pytest.mark.fidelity("gateway.path-arguments")
async def test_a_path_argument_stays_one_segment(world: World) -> None:
    await world.call("PetStoreTarget___GetPetById", {"petId": "../a?b#c%2e é"})
    (sent,) = world.sent_to(API)
    assert sent.url == f"{API}/pets/..%2Fa%3Fb%23c%252e%20%C3%A9"


@pytest.mark.fidelity("gateway.structured")
async def test_a_tool_with_an_output_schema_gives_structured_content_too(world: World) -> None:
    world.cloud.answer("GET", f"{API}/pets/1", json_response({"petId": "1"}))
    result = await world.call("PetStoreTarget___GetPetById", {"petId": "1"})
    assert result["structuredContent"] == {"petId": "1"}
    assert json.loads(text_of(result)) == {"petId": "1"}
    listed = await world.call("PetStoreTarget___ListPets")
    assert "structuredContent" not in listed
    world.cloud.answer("GET", f"{API}/pets/2", Response(200, {}, b'["no object"]'))
    assert "structuredContent" not in await world.call(
        "PetStoreTarget___GetPetById", {"petId": "2"}
    )


@pytest.mark.fidelity("gateway.argument-missing")
async def test_missing_arguments_are_named_and_the_target_is_not_called() -> None:
    world = World()
    world.gateway()
    schema = {
        "type": "object",
        "properties": {"amount": {"type": "number"}, "employee_id": {"type": "string"}},
        "required": ["amount", "employee_id"],
    }
    world.target(Tool("pay", "Pay", schema, LambdaBinding(FUNCTION_ARN)), name="Payroll")
    assert await world.call("Payroll___pay") == {
        "content": [
            {
                "type": "text",
                "text": "ValidationException - Parameter validation failed: Invalid request "
                "parameters:\n- Missing required field(s): 'amount'\n"
                "- Missing required field(s): 'employee_id'",
            }
        ],
        "isError": True,
    }
    assert world.cloud.sent == []


@pytest.mark.fidelity("gateway.argument-lines")
@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ({"limit": "3"}, "- Invalid type for field 'limit': expected integer, got string"),
        ({"limit": True}, "- Invalid type for field 'limit': expected integer, got boolean"),
        ({"limit": None}, "- Invalid type for field 'limit': expected integer, got null"),
        ({"tag": ["a", 1]}, "- Invalid type for field 'tag.1': expected string, got integer"),
        ({"colour": "red"}, "- Unexpected field(s): 'colour'"),
        (
            {"limit": 0},
            "- Invalid value for field 'limit': the value is less than the minimum of 1",
        ),
    ],
)
async def test_wrong_and_unexpected_arguments_are_named_without_their_values(
    world: World, arguments: JsonObject, line: str
) -> None:
    result = await world.call("PetStoreTarget___ListPets", arguments)
    assert (text_of(result), result["isError"]) == (HEADING + line, True)
    assert world.cloud.sent == []


@pytest.mark.fidelity("gateway.errors-terse")
@pytest.mark.parametrize(
    "answer",
    [
        json_response({"title": "Not found"}, 404),
        Response(302),
        Response(500),
        CloudError("refused"),
    ],
)
async def test_a_failing_target_is_an_error_result_without_detail(
    world: World, answer: Response | Exception
) -> None:
    world.cloud.answer("GET", f"{API}/*", answer)
    result = await world.call("PetStoreTarget___GetPetById", {"petId": "1"})
    assert result == {"content": [{"type": "text", "text": TERSE}], "isError": True}


@pytest.mark.fidelity("gateway.debug-text")
async def test_under_debug_a_failing_target_is_shown_in_full(world: World) -> None:
    world.gateway(exceptionLevel="DEBUG")
    world.cloud.answer("GET", f"{API}/*", json_response({"title": "Not found"}, 404))
    result = await world.call("PetStoreTarget___GetPetById", {"petId": "1"})
    detail = f'GET {API}/pets/{{petId}} answered HTTP 404: {{"title": "Not found"}}'
    assert result == {
        "content": [{"type": "text", "text": detail}],
        "isError": True,
        "_meta": {"debug": {"type": "text", "text": detail}},
    }
    world.cloud.answer("GET", f"{API}/*", CloudError("no answer in 900 s"))
    unreachable = await world.call("PetStoreTarget___GetPetById", {"petId": "1"})
    assert text_of(unreachable) == "The target could not be reached: no answer in 900 s"
    world.cloud.answer("GET", f"{API}/*", Response(500, {}, b"x" * 10_000))
    assert len(text_of(await world.call("PetStoreTarget___ListPets"))) < 4_300


@pytest.mark.fidelity("gateway.debug-text")
async def test_a_role_that_cannot_be_assumed_is_named_under_debug(world: World) -> None:
    world.cloud.unassumable.append("*")
    assert text_of(await world.call("PetStoreTarget___ListPets")) == TERSE
    world.gateway(exceptionLevel="DEBUG")
    text = text_of(await world.call("PetStoreTarget___ListPets"))
    assert text.startswith(f"Gateway execution role {ROLE_ARN} cannot be assumed")


@pytest.mark.fidelity("gateway.lambda-event")
async def test_a_function_gets_the_arguments_and_the_call_in_its_client_context() -> None:
    world = World()
    world.gateway()
    target = world.target(NOTE, name="Notes")
    world.cloud.answer("POST", INVOKE, json_response({"statusCode": 200, "body": "kept"}))
    result = await world.call("Notes___add_note", {"text": "hello"}, id_="call-7")
    assert json.loads(text_of(result)) == {"statusCode": 200, "body": "kept"}
    (sent,) = world.cloud.sent
    assert json.loads(sent.content) == {"text": "hello"}
    assert sent.service == "lambda"
    assert sent.credentials is not None
    context = json.loads(base64.b64decode(sent.headers["x-amz-client-context"]))
    assert context == {
        "custom": {
            "bedrockAgentCoreMessageVersion": "1.0",
            "bedrockAgentCoreToolName": "Notes___add_note",
            "bedrockAgentCoreGatewayId": GATEWAY_ID,
            "bedrockAgentCoreTargetId": target.target_id,
            "bedrockAgentCoreMcpMessageId": "call-7",
            "bedrockAgentCoreAwsRequestId": "req-1",
        }
    }


@pytest.mark.fidelity("gateway.lambda-result")
async def test_what_a_function_returns_is_the_text_even_if_it_looks_like_mcp() -> None:
    world = World()
    world.gateway()
    world.target(NOTE, name="Notes")
    returned = b'{"content":[{"type":"text","text":"inner"}]}'
    world.cloud.answer("POST", INVOKE, Response(200, {}, returned))
    result = await world.call("Notes___add_note", {"text": "hello"})
    assert result == {"content": [{"type": "text", "text": returned.decode()}], "isError": False}


@pytest.mark.fidelity("gateway.lambda-denied")
async def test_a_function_the_role_may_not_invoke_is_said_so_under_debug() -> None:
    world = World()
    world.gateway(exceptionLevel="DEBUG")
    world.target(NOTE, name="Notes")
    world.cloud.answer("POST", INVOKE, json_response({"Message": "User: ..."}, 403))
    text = text_of(await world.call("Notes___add_note", {"text": "hello"}))
    assert text == (
        f"Access denied while invoking Lambda function {FUNCTION_ARN}. Check the permissions on "
        "the Lambda function and Gateway execution role, and retry the request."
    )


@pytest.mark.fidelity("gateway.debug-text")
@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            Response(200, {"x-amz-function-error": "Unhandled"}, b'{"errorMessage": "boom"}'),
            f'Lambda function {FUNCTION_ARN} failed: {{"errorMessage": "boom"}}',
        ),
        (Response(404, {}, b"{}"), f"Lambda answered HTTP 404 for function {FUNCTION_ARN}: {{}}"),
    ],
)
async def test_a_function_that_fails_is_an_error_result(answer: Response, said: str) -> None:
    world = World()
    world.gateway(exceptionLevel="DEBUG")
    world.target(NOTE, name="Notes")
    world.cloud.answer("POST", INVOKE, answer)
    result = await world.call("Notes___add_note", {"text": "hello"})
    assert (result["isError"], text_of(result)) == (True, said)
    world.gateway()
    assert text_of(await world.call("Notes___add_note", {"text": "hello"})) == TERSE


@pytest.mark.fidelity("gateway.other-credentials")
async def test_credentials_the_laptop_does_not_add_yet_are_an_error_result(world: World) -> None:
    world.gateway(exceptionLevel="DEBUG")
    tool = world.reader.targets(GATEWAY_ID)[0].tools[0]
    world.target(tool, name="Keyed", credentials=[{"credentialProviderType": "JWT_PASSTHROUGH"}])
    text = text_of(await world.call("Keyed___ListPets"))
    assert text == "The laptop cloud does not add credentials of type JWT_PASSTHROUGH yet"
