"""Clients other people wrote: the official SDK, its OAuth discovery, and FastMCP's client."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
import uvicorn
from fastmcp import Client as FastMcpClient
from fastmcp.client.transports import StreamableHttpTransport
from mcp import Client, MCPError
from mcp.client.auth import utils as oauth
from mcp.client.streamable_http import streamable_http_client

from tests.contract.agentcore_gateway.world import (
    API,
    CLIENT,
    GATEWAY_ID,
    HOST,
    ISSUER,
    World,
    access_token,
    json_response,
)

URL = f"https://{HOST}/mcp"
NAMES = ["PetStoreTarget___ListPets", "PetStoreTarget___GetPetById"]


@asynccontextmanager
async def official_client(
    world: World, mode: str = "auto", *, token: str = "", url: str = URL
) -> AsyncIterator[Client]:
    """Connect the official client in process."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    transport = httpx2.ASGITransport(app=world.app)
    async with (
        asyncio.timeout(10),
        httpx2.AsyncClient(transport=transport, headers=headers) as http,
        Client(streamable_http_client(url, http_client=http), mode=mode) as client,
    ):
        yield client


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[str]:
    """Serve the gateways on a real socket; yield the direct URL of the one there is."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        world.app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(server.serve(sockets=[listening]))
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/_gateways/{GATEWAY_ID}/mcp"
        finally:
            server.should_exit = True


def answer_pet(world: World) -> None:
    world.cloud.answer("GET", f"{API}/pets/1", json_response({"petId": "1"}))


@pytest.mark.parametrize("mode", ["legacy", "auto", "2026-07-28"])
async def test_the_official_client_lists_and_calls(world: World, mode: str) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    answer_pet(world)
    async with official_client(world, mode, token=access_token()) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == NAMES
        result = await client.call_tool(NAMES[1], {"petId": "1"})
        assert result.structured_content == {"petId": "1"}
        refused = await client.call_tool(NAMES[1], {})
        assert refused.is_error is True
        with pytest.raises(MCPError, match="Unknown tool: ListPets") as unknown:
            await client.call_tool("ListPets", {})
        assert unknown.value.code == -32602


@pytest.mark.parametrize("mode", ["legacy", "auto", "2026-07-28"])
async def test_the_official_client_searches_for_tools(world: World, mode: str) -> None:
    world.mcp_gateway(searchType="SEMANTIC")
    async with official_client(world, mode) as client:
        search, *_ = (await client.list_tools()).tools
        result = await client.call_tool(search.name, {"query": "which animals are there"})
        assert result.structured_content is not None
        assert [tool["name"] for tool in result.structured_content["tools"]] == NAMES


@pytest.mark.parametrize("versions", [["2025-03-26"], ["2025-06-18"], ["2025-11-25"]])
async def test_the_official_client_falls_back_to_the_handshake(
    world: World, versions: list[str]
) -> None:
    world.mcp_gateway(supportedVersions=versions)
    async with official_client(world) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == NAMES


async def test_the_official_client_reads_streamed_replies(world: World) -> None:
    world.mcp_gateway(streamingConfiguration={"enableResponseStreaming": True})
    async with official_client(world, "legacy") as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == NAMES


async def test_the_official_client_finds_the_authorization_server(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    direct = f"http://127.0.0.1:4566/_gateways/{GATEWAY_ID}/mcp"
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport) as http:
        for url in (URL, direct):
            refused = await http.post(url, json={})
            announced = oauth.extract_resource_metadata_from_www_auth(refused)
            for where in oauth.build_protected_resource_metadata_discovery_urls(announced, url)[:2]:
                found = await oauth.handle_protected_resource_response(await http.get(where))
                assert found is not None
                assert str(found.resource) == url
                assert [str(server) for server in found.authorization_servers] == [ISSUER]


async def test_the_official_client_works_over_a_socket(world: World) -> None:
    answer_pet(world)
    async with serving(world) as url, Client(url, mode="legacy") as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == NAMES
        result = await client.call_tool(NAMES[1], {"petId": "1"})
        assert result.structured_content == {"petId": "1"}


async def test_fastmcps_client_works_over_a_socket(world: World) -> None:
    world.jwt_gateway(allowedClients=[CLIENT])
    answer_pet(world)
    async with serving(world) as url:
        transport = StreamableHttpTransport(url, auth=access_token())
        async with FastMcpClient(transport) as client:
            assert [tool.name for tool in await client.list_tools()] == NAMES
            result = await client.call_tool(NAMES[1], {"petId": "1"})
            assert result.structured_content == {"petId": "1"}


async def test_a_body_of_more_than_6_mb_gets_its_413_over_a_socket(world: World) -> None:
    async with serving(world) as url, httpx2.AsyncClient() as http:
        response = await http.post(
            url, content=b" " * (7 * 1024 * 1024), headers={"content-type": "application/json"}
        )
        assert response.status_code == 413
