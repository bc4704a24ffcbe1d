"""MCP servers as targets: listed, kept, synchronized, called."""

import json
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from localcloud.agentcore.model import McpBinding, Status
from tests.support.control_plane import Client
from tests.support.mcp_servers import ENDPOINT, HOST, pet_server, served
from tests.support.targets import Gateways, Json, add_target, look, open_gateway, role_for

SERVER: Json = {"mcpServer": {"endpoint": ENDPOINT}}
DYNAMIC: Json = {"mcpServer": {"endpoint": ENDPOINT, "listingMode": "DYNAMIC"}}


@pytest.mark.fidelity("gateway.import-mcp")
@pytest.mark.fidelity("gateway.mcp-call")
@pytest.mark.parametrize("options", [{}, {"json_response": True}, {"stateless_http": True}])
def test_tools_of_a_server_are_listed_and_called(
    gateways: Gateways, client: Client, gateway_id: str, options: dict[str, bool]
) -> None:
    with served(pet_server(), **options) as gateways.cloud.origins[HOST]:
        target = add_target(gateways, client, gateway_id, SERVER)
        assert (target["status"], target.get("statusReasons")) == ("READY", None)
        assert target["lastSynchronizedAt"]

        find, lose = gateways.tools(gateway_id)
        assert (find["name"], lose["name"]) == ("Target___find_pet", "Target___lose_pet")
        assert find["description"] == "Find a pet by its name."
        assert find["inputSchema"]["required"] == ["name"]
        assert find["outputSchema"]["required"] == ["name", "legs"]

        found = gateways.call(gateway_id, "Target___find_pet", name="Nemo", legs=0)
        assert found["structuredContent"] == {"name": "Nemo", "legs": 0}
        assert json.loads(found["content"][0]["text"]) == {"name": "Nemo", "legs": 0}
        assert found["isError"] is False

        lost = gateways.call(gateway_id, "Target___lose_pet", name="Nemo")
        assert lost["isError"] is True
        assert "Nemo does not want to be lost" in lost["content"][0]["text"]


@pytest.mark.fidelity("gateway.mcp-call")
def test_arguments_are_checked_by_what_the_server_declares(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, SERVER)
        before = len(gateways.cloud.sent)
        refused = gateways.call(gateway_id, "Target___find_pet", legs=4)
        assert "Missing required field(s): 'name'" in refused["content"][0]["text"]
        assert len(gateways.cloud.sent) == before


@pytest.mark.fidelity("gateway.mcp-sign")
def test_a_server_is_asked_with_the_gateways_role_for_its_service(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, SERVER, credentials=role_for("lambda"))
        gateways.call(gateway_id, "Target___find_pet", name="Nemo")
        sent = gateways.cloud.sent_to(HOST)
    assert len(sent) > 4
    assert {each.service for each in sent} == {"lambda"}
    assert all(each.credentials is not None for each in sent)


@pytest.mark.fidelity("agentcore-control.target.synchronize")
def test_a_synchronization_fetches_what_the_server_lists_now(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    server = pet_server()
    with served(server) as gateways.cloud.origins[HOST]:
        target_id = add_target(gateways, client, gateway_id, SERVER)["targetId"]

        @server.tool()
        def feed_pet(name: str) -> str:
            """Feed a pet."""
            return name

        assert "Target___feed_pet" not in gateways.names(gateway_id)
        where = {"gatewayIdentifier": gateway_id, "targetIdList": [target_id]}
        (begun,) = client.synchronize_gateway_targets(**where)["targets"]
        assert begun["status"] == "SYNCHRONIZING"
        gateways.settle()
        synchronized = look(client, gateway_id, target_id)
        assert synchronized["status"] == "READY"
        assert "Target___feed_pet" in gateways.names(gateway_id)

    client.synchronize_gateway_targets(**where)
    gateways.settle()
    failed = look(client, gateway_id, target_id)
    assert failed["status"] == "SYNCHRONIZE_UNSUCCESSFUL"
    assert failed["statusReasons"][0].startswith("The MCP server's tools could not be listed")
    assert failed["lastSynchronizedAt"] == synchronized["lastSynchronizedAt"]
    kept = gateways.store.targets(gateway_id)[0].tools
    assert [tool.name for tool in kept] == ["find_pet", "lose_pet", "feed_pet"]


def test_a_synchronization_goes_on_after_a_restart(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        target_id = add_target(gateways, client, gateway_id, SERVER)["targetId"]
        (target,) = gateways.store.targets(gateway_id)
        changes: dict[str, Any] = {"status": Status.SYNCHRONIZING, "tools": ()}
        gateways.store.put_target(type(target)(**vars(target) | changes))

        again = gateways.restarted()
        again.resume()
        (resumed,) = again.store.targets(gateway_id)
    assert resumed.target_id == target_id
    assert resumed.status is Status.READY
    assert [tool.binding for tool in resumed.tools] == [McpBinding(ENDPOINT)] * 2


@pytest.mark.fidelity("gateway.mcp-dynamic")
def test_tools_of_a_dynamic_target_are_asked_for_when_they_are_listed(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    target = add_target(gateways, client, gateway_id, DYNAMIC, name="Live")
    assert (target["status"], "lastSynchronizedAt" in target) == ("READY", False)
    server = pet_server()
    with served(server) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, DYNAMIC, name="Second")
        add_target(gateways, client, gateway_id, SERVER, name="Kept")

        first = gateways.rpc(gateway_id, "tools/list")["result"]
        assert [tool["name"][:7] for tool in first["tools"]] == ["Kept___"] * 2
        page = gateways.rpc(gateway_id, "tools/list", cursor=first["nextCursor"])["result"]
        assert [tool["name"][:7] for tool in page["tools"]] == ["Live___"] * 2
        assert len(gateways.names(gateway_id)) == 6

        @server.tool()
        def feed_pet(name: str) -> str:
            """Feed a pet."""
            return name

        assert "Live___feed_pet" in gateways.names(gateway_id)
        fed = gateways.call(gateway_id, "Live___feed_pet", name="Nemo")
        assert fed["content"][0]["text"] == "Nemo"

    with pytest.raises(client.exceptions.ValidationException, match="listing mode DEFAULT"):
        client.synchronize_gateway_targets(
            gatewayIdentifier=gateway_id, targetIdList=[target["targetId"]]
        )
    answer = gateways.rpc(gateway_id, "tools/call", name="Gone___feed_pet", arguments={})
    assert answer["error"]["code"] == -32602


@pytest.mark.fidelity("gateway.mcp-dynamic")
def test_a_dynamic_target_whose_server_is_away_hides_no_others(
    gateways: Gateways, client: Client
) -> None:
    paging = {"mcp": {"disableMcpListToolsPagination": True}}
    gateway_id = open_gateway(gateways, client, protocolConfiguration=paging)
    away = {"mcpServer": {"endpoint": "https://away.example/mcp", "listingMode": "DYNAMIC"}}
    add_target(gateways, client, gateway_id, away, name="Away")
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, DYNAMIC, name="Live")
        listed = gateways.rpc(gateway_id, "tools/list")["result"]
    assert [tool["name"][:7] for tool in listed["tools"]] == ["Live___"] * 2
    assert "nextCursor" not in listed
    failed = gateways.call(gateway_id, "Away___anything")
    assert failed["isError"] is True


@pytest.mark.fidelity("gateway.mcp-dynamic")
def test_a_gateway_that_searches_takes_no_dynamic_target(
    gateways: Gateways, client: Client
) -> None:
    searching = {"mcp": {"searchType": "SEMANTIC"}}
    gateway_id = open_gateway(gateways, client, protocolConfiguration=searching)
    with pytest.raises(client.exceptions.ValidationException, match="listing mode DYNAMIC"):
        add_target(gateways, client, gateway_id, DYNAMIC)


@pytest.mark.fidelity("gateway.mcp-static")
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_static_schema_is_listed_without_asking_the_server(
    gateways: Gateways, client: Client, gateway_id: str, wrapped: bool
) -> None:
    tools = [{"name": "find_pet", "description": "Finds", "inputSchema": {"type": "object"}}]
    payload = json.dumps({"tools": tools} if wrapped else tools)
    server = {"endpoint": ENDPOINT, "mcpToolSchema": {"inlinePayload": payload}}
    target = add_target(gateways, client, gateway_id, {"mcpServer": server})
    assert (target["status"], "lastSynchronizedAt" in target) == ("READY", False)
    assert gateways.names(gateway_id) == ["Target___find_pet"]
    assert gateways.cloud.sent == []
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        found = gateways.call(gateway_id, "Target___find_pet", name="Nemo")
    assert found["structuredContent"] == {"name": "Nemo", "legs": 4}


@pytest.mark.fidelity("gateway.mcp-session")
def test_a_session_serves_many_calls_and_is_begun_anew_when_it_has_ended(
    gateways: Gateways, client: Client, gateway_id: str
) -> None:
    with served(pet_server()) as gateways.cloud.origins[HOST]:
        add_target(gateways, client, gateway_id, SERVER)
        for _ in range(3):
            gateways.call(gateway_id, "Target___find_pet", name="Nemo")
        sent = gateways.cloud.sent_to(HOST)
        assert [b'"initialize"' in each.content for each in sent].count(True) == 2
        calls = [each for each in sent if b"tools/call" in each.content]
        assert len({each.headers["mcp-session-id"] for each in calls}) == 1
    with served(pet_server()) as gateways.cloud.origins[HOST]:  # knows no session of the other
        found = gateways.call(gateway_id, "Target___find_pet", name="Nemo")
    assert found["structuredContent"]["name"] == "Nemo"


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
