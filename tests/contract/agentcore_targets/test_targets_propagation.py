"""What of a client's request goes on to a target."""

import json

import pytest

from localcloud.cloud import Request, Response
from tests.support.asgi import ask
from tests.support.control_plane import Client
from tests.support.mcp_servers import ENDPOINT, HOST, pet_server, served
from tests.support.targets import MCP_HEADERS, Gateways, Json, add_target

API = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://api.example.com"}],
    "paths": {
        "/things": {
            "get": {
                "operationId": "things",
                "parameters": [{"name": "X-Own", "in": "header", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "ok"}},
            }
        }
    },
}
OPENAPI: Json = {"openApiSchema": {"inlinePayload": json.dumps(API)}}
ALLOWED: Json = {
    "allowedRequestHeaders": ["X-Tenant", "X-Own", "X-Long"],
    "allowedQueryParameters": ["trace"],
}


def call(gateways: Gateways, gateway_id: str, name: str, arguments: Json) -> Json:
    """Call a tool with headers and a query that a client might send."""
    host = f"{gateway_id}.gateway.bedrock-agentcore.us-east-1.amazonaws.com"
    given = (("x-tenant", "acme"), ("x-own", "client"), ("x-other", "no"), ("x-long", "x" * 4097))
    params = {"name": name, "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = (("host", host), *MCP_HEADERS, *given)
    request = Request("POST", "/mcp", "trace=a%20b&other=1", headers, json.dumps(message).encode())
    result: Json = json.loads(gateways.loop.run(ask(gateways.gateways, request)).body)["result"]
    return result


@pytest.mark.fidelity("gateway.propagation")
def test_an_api_gets_the_headers_and_parameters_its_target_lists(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    gateways.cloud.answer("GET", "https://api.example.com/*", Response(200, {}, b"{}"))
    add_target(gateways, client, gateway_id, OPENAPI, metadata=ALLOWED)
    call(gateways, gateway_id, "Target___things", {"X-Own": "argument"})
    (sent,) = gateways.cloud.sent
    assert sent.url == "https://api.example.com/things?trace=a%20b"
    others = {"accept": "application/json"}
    assert sent.headers == others | {"X-Tenant": "acme", "X-Own": "argument"}


@pytest.mark.fidelity("gateway.propagation")
def test_a_server_gets_them_with_every_request_and_none_while_it_is_imported(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    server: Json = {"mcpServer": {"endpoint": ENDPOINT}}
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, server, metadata=ALLOWED)
        imported = len(gateways.cloud.sent)
        call(gateways, gateway_id, "Target___find_pet", {"name": "Nemo"})
    before, after = gateways.cloud.sent[:imported], gateways.cloud.sent[imported:]
    assert not any("X-Tenant" in each.headers for each in before)
    assert {each.headers["X-Tenant"] for each in after} == {"acme"}
    assert {each.url for each in after} == {f"{ENDPOINT}?trace=a%20b"}


def test_nothing_goes_on_unless_it_is_listed(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    gateways.cloud.answer("GET", "https://api.example.com/*", Response(200, {}, b"{}"))
    add_target(gateways, client, gateway_id, OPENAPI)
    call(gateways, gateway_id, "Target___things", {})
    (sent,) = gateways.cloud.sent
    assert (sent.url, list(sent.headers)) == ("https://api.example.com/things", ["accept"])
