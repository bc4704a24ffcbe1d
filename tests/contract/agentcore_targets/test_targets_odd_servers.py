"""Servers that do not answer as MCP asks fail their target, and a call of theirs is an error."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support.control_plane import Client
from tests.support.mcp_servers import ENDPOINT, HOST
from tests.support.targets import Gateways, Json, add_target

SERVER: Json = {"mcpServer": {"endpoint": ENDPOINT}}
AGREED: Json = {
    "protocolVersion": "2025-06-18",
    "capabilities": {"tools": {}},
    "serverInfo": {"name": "odd", "version": "1"},
}


def odd_server(**answers: Any) -> Starlette:  # noqa: ANN401 - JSON, or a whole response
    """Return a server that answers methods as told."""

    async def answer(request: Request) -> Response:
        message = await request.json()
        known = {"initialize": AGREED, "tools/list": {"tools": []}} | {
            name.replace("_", "/"): value for name, value in answers.items()
        }
        found = known.get(message["method"], {})
        if isinstance(found, Response):
            return found
        body = {"jsonrpc": "2.0", "id": message.get("id")}
        return JSONResponse(body | (found if "error" in found else {"result": found}))

    return Starlette(routes=[Route("/mcp", answer, methods=["POST"])])


def schema_tool(schema: Json) -> Json:
    return {"tools": [{"name": "t", "inputSchema": {"type": "object", **schema}}]}


@pytest.mark.fidelity("gateway.import-mcp")
@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"initialize": AGREED | {"capabilities": {}}}, "does not have the tools capability"),
        ({"initialize": AGREED | {"protocolVersion": "2024-11-05"}}, "no supported version"),
        ({"initialize": {"a": 1}}, "does not answer initialize as MCP asks"),
        ({"initialize": {"error": {"code": -1, "message": "no"}}}, "answered with error -1 no"),
        ({"initialize": Response(status_code=403)}, "answered HTTP 403"),
        ({"initialize": Response("<html>")}, "does not answer in JSON-RPC"),
        (
            {"tools_list": Response("data: {}", media_type="text/event-stream")},
            "does not answer in JSON-RPC",
        ),
        (
            {"tools_list": Response(": hello\n\n", media_type="text/event-stream")},
            "ended its answer without a result",
        ),
        ({"tools_list": {"tools": 5}}, "list of tools is none"),
        ({"tools_list": {"tools": [], "nextCursor": "x"}}, "more than 100 pages"),
        ({"tools_list": {"tools": []}}, "offers no tool"),
        ({"tools_list": {"tools": [{"name": "t"}]}}, "#/tools/0: this is no tool of MCP"),
        (
            {"tools_list": schema_tool({"properties": {"a": {"$ref": "#/$defs/b"}}})},
            "#/tools/0/inputSchema/properties/a/$ref: this keyword is not supported",
        ),
        (
            {"tools_list": schema_tool({"$defs": {"b": {}}})},
            "#/tools/0/inputSchema/$defs: this keyword is not supported",
        ),
        ({"tools_list": {"tools": schema_tool({})["tools"] * 2}}, "two tools named 't'"),
        ({"tools_list": schema_tool({"pattern": "("})}, "arguments of 't' cannot be checked"),
    ],
)
def test_a_server_that_cannot_be_a_target_fails_it_and_says_why(
    gateways: Gateways, client: Client, gateway_id: str, answers: Json, reason: str
) -> None:
    gateways.cloud.apps[HOST] = odd_server(**answers)
    target = add_target(gateways, client, gateway_id, SERVER)
    assert target["status"] == "FAILED"
    assert reason in target["statusReasons"][0]


def test_names_and_values_are_no_keywords(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    schema = {"properties": {"$ref": {"type": "string", "default": {"$ref": "x"}}}}
    gateways.cloud.apps[HOST] = odd_server(tools_list=schema_tool(schema))
    assert add_target(gateways, client, gateway_id, SERVER)["status"] == "READY"


@pytest.mark.fidelity("gateway.mcp-call")
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"error": {"code": -32602, "message": "Unknown tool"}}, "error -32602 Unknown tool"),
        ({"content": "hello"}, "not the result of a tool"),
        (Response(status_code=500), "answered HTTP 500"),
    ],
)
def test_a_call_that_a_server_does_not_answer_is_an_error_result(
    gateways: Gateways,
    client: Client,
    gateway_id: str,
    answer: Json | Response,
    text: str,
) -> None:
    gateways.cloud.apps[HOST] = odd_server(tools_list=schema_tool({}), tools_call=answer)
    add_target(gateways, client, gateway_id, SERVER)
    result = gateways.call(gateway_id, "Target___t")
    assert result["isError"] is True
    assert text in result["content"][0]["text"]
