"""The protocol: versions, messages, lists, and how the transport behaves."""

import json
from dataclasses import replace
from typing import Any

import pytest
from mcp_types import methods

from localcloud.agentcore.gateway import Choices
from localcloud.agentcore.model import JsonObject, Status
from tests.contract.agentcore_gateway.world import GET_PET, LIST_PETS, World, error_of

MODERN = "2026-07-28"
META = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientCapabilities": {},
}


async def modern(
    world: World, method: str, params: JsonObject | None = None, **headers: str
) -> tuple[int, JsonObject]:
    """Send one request in MCP 2026-07-28."""
    own = {"mcp-protocol-version": MODERN, "mcp-method": method}
    if params and "name" in params:
        own["mcp-name"] = params["name"]
    all_params = {"_meta": META} | (params or {})
    all_headers = own | {name.replace("_", "-"): value for name, value in headers.items()}
    response = await world.rpc(method, all_params, headers=all_headers)
    return response.status, json.loads(response.body)


@pytest.mark.fidelity("gateway.versions")
@pytest.mark.parametrize("version", ["2025-03-26", "2025-06-18", "2025-11-25"])
async def test_initialize_agrees_on_a_version_both_speak(world: World, version: str) -> None:
    result = await world.result("initialize", {"protocolVersion": version, "capabilities": {}})
    assert result["protocolVersion"] == version
    methods.validate_server_result("initialize", version, result)


@pytest.mark.fidelity("gateway.versions")
@pytest.mark.parametrize("asked", ["2024-11-05", "2099-01-01", MODERN, ""])
async def test_initialize_counters_with_the_newest_version_that_has_a_handshake(
    world: World, asked: str
) -> None:
    world.mcp_gateway(supportedVersions=["2025-03-26", "2025-06-18"])
    result = await world.result("initialize", {"protocolVersion": asked})
    assert result["protocolVersion"] == "2025-06-18"


@pytest.mark.fidelity("gateway.server-info")
async def test_initialize_names_server_capabilities_and_instructions(world: World) -> None:
    world.mcp_gateway(instructions="Ask about pets.")
    assert await world.result("initialize", {"protocolVersion": "2025-06-18"}) == {
        "protocolVersion": "2025-06-18",
        "capabilities": {"tools": {"listChanged": True}},
        "serverInfo": {"name": "agentcore-gateway", "version": "1.0.0"},
        "instructions": "Ask about pets.",
    }


@pytest.mark.fidelity("gateway.versions")
async def test_a_version_the_gateway_does_not_speak_is_refused_with_those_it_does(
    world: World,
) -> None:
    world.mcp_gateway(supportedVersions=["2025-06-18"])
    for version in ("2025-03-26", MODERN, "1999-01-01"):
        response = await world.rpc("tools/list", headers={"mcp-protocol-version": version})
        assert response.status == 400
        assert error_of(response) == {
            "code": -32022,
            "message": "Unsupported protocol version",
            "data": {"supported": ["2025-06-18"], "requested": version},
        }


@pytest.mark.fidelity("gateway.versions")
async def test_a_gateway_of_2026_alone_takes_no_handshake(world: World) -> None:
    world.mcp_gateway(supportedVersions=[MODERN])
    for method in ("initialize", "tools/list"):
        response = await world.rpc(method, {"protocolVersion": "2025-06-18"})
        assert (response.status, error_of(response)["code"]) == (400, -32022)
    status, answer = await modern(world, "tools/list")
    assert (status, len(answer["result"]["tools"])) == (200, 2)


@pytest.mark.fidelity("gateway.versions-default")
async def test_a_gateway_that_names_no_versions_speaks_all_four(world: World) -> None:
    _, answer = await modern(world, "server/discover")
    assert answer["result"]["supportedVersions"] == [
        *("2025-03-26", "2025-06-18", "2025-11-25"),
        MODERN,
    ]
    methods.validate_server_result("server/discover", MODERN, answer["result"])


@pytest.mark.fidelity("gateway.stateless")
async def test_tools_can_be_listed_and_called_without_a_handshake(world: World) -> None:
    assert len((await world.result("tools/list"))["tools"]) == 2
    called = await world.call("PetStoreTarget___ListPets")
    assert called["isError"] is False


@pytest.mark.fidelity("gateway.modern")
async def test_2026_results_say_that_they_are_complete_and_not_to_be_kept(world: World) -> None:
    _, listed = await modern(world, "tools/list")
    _, called = await modern(world, "tools/call", {"name": "PetStoreTarget___ListPets"})
    for method, answer in (("tools/list", listed), ("tools/call", called)):
        methods.validate_server_result(method, MODERN, answer["result"])
        assert answer["result"]["resultType"] == "complete"
    assert (listed["result"]["ttlMs"], listed["result"]["cacheScope"]) == (0, "private")


@pytest.mark.fidelity("gateway.modern")
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"mcp_method": "tools/call"}, -32020),
        ({"mcp_name": "another"}, -32020),
        ({"mcp_protocol_version": "2025-06-18"}, None),
    ],
)
async def test_2026_headers_must_say_what_the_body_says(
    world: World, headers: dict[str, str], code: int | None
) -> None:
    params = {"name": "PetStoreTarget___ListPets", "arguments": {}}
    method = "tools/list" if "mcp_method" in headers else "tools/call"
    status, answer = await modern(world, method, params, **headers)
    if code is None:  # the header decides the version, and 2025-06-18 knows no such headers
        assert status == 200
    else:
        assert (status, answer["error"]["code"]) == (400, code)


@pytest.mark.fidelity("gateway.modern")
async def test_2026_requests_carry_their_version_in_meta(world: World) -> None:
    headers = {"mcp-protocol-version": MODERN, "mcp-method": "tools/list"}
    response = await world.rpc("tools/list", headers=headers)
    assert (response.status, error_of(response)["code"]) == (400, -32602)


@pytest.mark.fidelity("gateway.modern")
@pytest.mark.parametrize("method", ["initialize", "ping", "no/such"])
async def test_methods_2026_does_not_have_are_404(world: World, method: str) -> None:
    status, answer = await modern(world, method)
    assert (status, answer["error"]["code"]) == (404, -32601)


async def test_ping_is_answered_with_nothing(world: World) -> None:
    assert await world.result("ping") == {}


@pytest.mark.fidelity("gateway.notifications")
@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "id": 3, "result": {}},
    ],
)
async def test_what_is_owed_no_answer_gets_202_and_no_body(
    world: World, message: JsonObject
) -> None:
    response = await world.request(body=json.dumps(message).encode())
    assert (response.status, response.body) == (202, b"")


@pytest.mark.fidelity("gateway.get-delete")
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "OPTIONS"])
async def test_only_post_is_allowed(world: World, method: str) -> None:
    response = await world.request(method)
    assert (response.status, response.headers["allow"]) == (405, "POST")


@pytest.mark.fidelity("gateway.methods")
@pytest.mark.parametrize(
    "method",
    [
        *("prompts/list", "prompts/get", "resources/list", "resources/read"),
        *("resources/templates/list", "completion/complete", "logging/setLevel", "server/discover"),
        *("tools/delete", ""),
    ],
)
async def test_methods_the_gateway_does_not_have_are_not_found(world: World, method: str) -> None:
    response = await world.rpc(method)
    assert response.status == 200
    assert error_of(response) == {"code": -32601, "message": "Method not found"}


@pytest.mark.fidelity("gateway.tool-names")
async def test_tools_are_listed_with_their_target_in_front(world: World) -> None:
    result = await world.result("tools/list")
    methods.validate_server_result("tools/list", "2025-11-25", result)
    assert result == {
        "tools": [
            {
                "name": "PetStoreTarget___ListPets",
                "description": "List pets",
                "inputSchema": LIST_PETS.input_schema,
            },
            {
                "name": "PetStoreTarget___GetPetById",
                "description": "Get one pet",
                "inputSchema": GET_PET.input_schema,
                "outputSchema": GET_PET.output_schema,
            },
        ]
    }


@pytest.mark.fidelity("gateway.ready-only")
async def test_only_the_tools_of_targets_that_are_ready_are_offered(world: World) -> None:
    target = world.target(LIST_PETS, name="Second", status=Status.CREATING)
    assert len((await world.result("tools/list"))["tools"]) == 2
    world.change(target, status=Status.READY)
    names = [tool["name"] for tool in (await world.result("tools/list"))["tools"]]
    assert names[-1] == "Second___ListPets"
    world.change(target, status=Status.FAILED)
    assert len((await world.result("tools/list"))["tools"]) == 2
    assert error_of(await world.rpc("tools/call", {"name": "Second___ListPets"}))["code"] == -32602


async def test_a_gateway_without_targets_has_an_empty_list(world: World) -> None:
    world.reader.by_gateway.clear()
    assert await world.result("tools/list") == {"tools": []}


def many_tools(count: int) -> list[Any]:
    return [replace(LIST_PETS, name=f"tool{index}") for index in range(count)]


async def all_pages(world: World) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor: str | None = None
    while True:
        params: JsonObject | None = {"cursor": cursor} if cursor else None
        result = await world.result("tools/list", params)
        pages.append([tool["name"] for tool in result["tools"]])
        cursor = result.get("nextCursor")
        if cursor is None:
            return pages


@pytest.mark.fidelity("gateway.pages")
@pytest.mark.parametrize(
    ("count", "sizes"), [(9, [9]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])]
)
async def test_long_lists_come_in_pages(count: int, sizes: list[int]) -> None:
    world = World()
    world.gateway()
    world.target(*many_tools(count))
    pages = await all_pages(world)
    assert [len(page) for page in pages] == sizes
    assert [name for page in pages for name in page] == [
        f"PetStoreTarget___tool{index}" for index in range(count)
    ]


@pytest.mark.fidelity("gateway.pages")
async def test_paging_can_be_switched_off(world: World) -> None:
    world.mcp_gateway(disableMcpListToolsPagination=True)
    world.target(*many_tools(250), name="Many")
    assert [len(page) for page in await all_pages(world)] == [252]


@pytest.mark.fidelity("gateway.pages")
@pytest.mark.parametrize("cursor", ["x", "", 1, {}, [1]])
async def test_a_cursor_of_somebody_elses_making_is_invalid(world: World, cursor: object) -> None:
    response = await world.rpc("tools/list", {"cursor": cursor})
    assert error_of(response) == {"code": -32602, "message": "Invalid cursor"}


@pytest.mark.fidelity("gateway.batch")
async def test_a_batch_is_answered_in_one_body_in_2025_03_26(world: World) -> None:
    batch = [
        {"jsonrpc": "2.0", "id": 1, "method": "ping"},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": "b", "method": "no/such"},
        5,
    ]
    response = await world.request(body=json.dumps(batch).encode())
    answers = json.loads(response.body)
    assert response.status == 200
    assert [answer["id"] for answer in answers] == [1, "b", None]
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, -32601, -32600]
    only_notifications = await world.request(body=json.dumps(batch[1:2]).encode())
    assert only_notifications.status == 202


@pytest.mark.fidelity("gateway.batch")
@pytest.mark.parametrize(
    ("batch", "version"),
    [
        ([{"jsonrpc": "2.0", "id": 1, "method": "ping"}], "2025-06-18"),
        ([{"jsonrpc": "2.0", "id": 1, "method": "ping"}], MODERN),
        ([], "2025-03-26"),
        ([1] * 51, "2025-03-26"),
        ([{"jsonrpc": "2.0", "id": 1, "method": "initialize"}], "2025-03-26"),
    ],
)
async def test_other_batches_are_invalid(world: World, batch: list[Any], version: str) -> None:
    headers = {"mcp-protocol-version": version}
    response = await world.request(body=json.dumps(batch).encode(), headers=headers)
    assert (response.status, error_of(response)["code"]) == (400, -32600)


@pytest.mark.fidelity("gateway.streaming")
async def test_a_reply_is_a_stream_where_gateway_and_client_want_one(world: World) -> None:
    both = {"accept": "application/json, text/event-stream"}
    plain = await world.rpc("ping", headers=both)
    assert plain.headers["content-type"] == "application/json"
    world.mcp_gateway(streamingConfiguration={"enableResponseStreaming": True})
    streamed = await world.rpc("ping", headers=both)
    assert streamed.headers["content-type"] == "text/event-stream"
    assert streamed.body == b'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n'
    unasked = await world.rpc("ping", headers={"accept": "application/json"})
    assert unasked.headers["content-type"] == "application/json"


@pytest.mark.fidelity("gateway.accept")
@pytest.mark.parametrize("accept", [None, "application/json", "*/*", "text/html"])
async def test_any_accept_header_gets_json(world: World, accept: str | None) -> None:
    response = await world.rpc("ping", headers={"accept": accept} if accept else {})
    assert (response.status, response.headers["content-type"]) == (200, "application/json")


@pytest.mark.fidelity("gateway.unknown-tool")
@pytest.mark.parametrize("name", ["ListPets", "Other___ListPets", ""])
async def test_an_unknown_tool_is_invalid_params(world: World, name: str) -> None:
    response = await world.rpc("tools/call", {"name": name, "arguments": {}})
    assert response.status == 200
    assert error_of(response) == {"code": -32602, "message": f"Unknown tool: {name}"}


@pytest.mark.fidelity("gateway.unknown-tool")
async def test_an_unknown_tool_can_be_made_404() -> None:
    world = World(choices=Choices(unknown_tool_status=404))
    world.gateway()
    response = await world.rpc("tools/call", {"name": "ListPets"})
    assert (response.status, error_of(response)["code"]) == (404, -32602)


@pytest.mark.fidelity("gateway.sessions")
async def test_a_gateway_with_sessions_gives_none_yet(world: World) -> None:
    world.mcp_gateway(sessionConfiguration={"sessionTimeoutInSeconds": 3600})
    response = await world.rpc("initialize", {"protocolVersion": "2025-06-18"})
    assert "mcp-session-id" not in response.headers
