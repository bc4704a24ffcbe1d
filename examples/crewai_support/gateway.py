"""The gateway's tools as CrewAI's.

By the MCP SDK, not CrewAI's own client: that names a tool after its server's address, cut at 64
characters; reads the first page of a list; and calls again when a call fails, which may do twice
what changes something.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal
from crewai.tools import BaseTool
from crewai.utilities.pydantic_schema_utils import create_model_from_schema
from mcp import ClientSession, McpError, types
from mcp.client.streamable_http import streamablehttp_client
from pydantic import PrivateAttr

from support_desk.case import Case
from support_desk.errors import GatewayUnreachable
from support_desk.request import Gateway

WAIT = timedelta(seconds=30)
"""API Gateway ends a call after 29 s: a longer wait could only see that answer."""

type Call = Callable[[str, dict[str, Any]], types.CallToolResult]


class ToolFailed(Exception):
    """What CrewAI tells the model as `Error executing tool: <message>`."""


class GatewayTool(BaseTool):
    """One tool of a gateway."""

    _call: Call = PrivateAttr()
    _case: Case = PrivateAttr()

    def __init__(self, tool: types.Tool, call: Call, case: Case) -> None:
        """Take a tool as the gateway lists it, the way to call it, and where to say so."""
        super().__init__(
            name=tool.name,
            description=tool.description or tool.name,
            args_schema=create_model_from_schema(tool.inputSchema, model_name=tool.name),
        )
        self._call = call
        self._case = case

    def _run(self, **arguments: Any) -> str:  # noqa: ANN401 - whatever the schema says
        # CrewAI asks for every argument, and takes null for one that is left out.
        given = {key: value for key, value in arguments.items() if value is not None}
        try:
            text = self._answered(given)
        except ToolFailed:
            self._case.called(self.name, is_error=True)
            raise
        self._case.called(self.name, is_error=False)
        return text

    def _answered(self, arguments: dict[str, Any]) -> str:
        try:
            result = self._call(self.name, arguments)
        except McpError as error:  # for instance a call that a policy denies
            raise ToolFailed(str(error)) from error
        text = "\n".join(one.text for one in result.content if isinstance(one, types.TextContent))
        if result.isError:
            raise ToolFailed(text or "the tool failed and did not say why")
        return text


@contextmanager
def gateway_tools(gateway: Gateway, case: Case) -> Iterator[list[BaseTool]]:
    """Connect, and give the tools that the user may call; their calls go over one connection.

    Raises:
        GatewayUnreachable: no connection, or the token is refused.
    """
    with start_blocking_portal() as portal, ExitStack() as stack:
        try:
            opened = portal.wrap_async_context_manager(_session(gateway))
            session = stack.enter_context(opened)
            tools = portal.call(_listed, session)
        except (ExceptionGroup, httpx.HTTPError, McpError) as error:
            raise GatewayUnreachable("the gateway cannot be reached") from error
        call = partial(portal.call, session.call_tool)
        yield [GatewayTool(one, call, case) for one in tools]


@asynccontextmanager
async def _session(gateway: Gateway) -> AsyncIterator[ClientSession]:
    async with AsyncExitStack() as stack:
        transport = streamablehttp_client(gateway.url, headers=gateway.headers)
        receive, send, _ = await stack.enter_async_context(transport)
        session = ClientSession(receive, send, read_timeout_seconds=WAIT)
        await stack.enter_async_context(session)
        await session.initialize()
        yield session


async def _listed(session: ClientSession) -> list[types.Tool]:
    """List every tool, following cursors to the end."""
    page = await session.list_tools()
    tools = page.tools
    while page.nextCursor:
        page = await session.list_tools(cursor=page.nextCursor)
        tools += page.tools
    return tools
