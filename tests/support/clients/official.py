"""The official Python SDK: `official.py VERSION`, where VERSION is one of MCP or `auto`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from mcp import Client, ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp_types import (
    ClientCapabilities,
    Implementation,
    InitializedNotification,
    InitializeRequest,
    InitializeRequestParams,
    InitializeResult,
    TextContent,
)
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from tests.support.clients.errand import CALLS, destination, report


async def main(version: str) -> None:
    """Run the errand in one version."""
    answers = {}
    async with _session(version) as session:
        tools = [tool.name for tool in (await session.list_tools()).tools]
        for name, arguments in CALLS.items():
            (content,) = (await session.call_tool(name, dict(arguments))).content
            assert isinstance(content, TextContent)
            answers[name] = content.text
        report(tools, answers, session.protocol_version)


@asynccontextmanager
async def _session(version: str) -> AsyncIterator[ClientSession]:
    url, token = destination()
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"}) as http:
        transport = streamable_http_client(url, http_client=http)
        if version in HANDSHAKE_PROTOCOL_VERSIONS:
            async with transport as (receive, send), ClientSession(receive, send) as session:
                await _shake_hands(session, version)
                yield session
        else:
            async with Client(transport, mode=version) as client:
                yield client.session


async def _shake_hands(session: ClientSession, version: str) -> None:
    """Do what `ClientSession.initialize` does, which offers the newest version alone."""
    offer = InitializeRequestParams(
        protocol_version=version,
        capabilities=ClientCapabilities(),
        client_info=Implementation(name="official", version="1"),
    )
    session.adopt(await session.send_request(InitializeRequest(params=offer), InitializeResult))
    await session.send_notification(InitializedNotification())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
