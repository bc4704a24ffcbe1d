"""The gateway's tools as Strands': its own MCP client, with the user's token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from strands.tools.mcp import MCPAgentTool, MCPClient
from strands.types.exceptions import MCPClientInitializationError

from support_desk.errors import GatewayUnreachable
from support_desk.request import Gateway

START_S = 10
"""How long connecting to the gateway may take."""


@contextmanager
def gateway_tools(gateway: Gateway) -> Iterator[list[MCPAgentTool]]:
    """Connect, and give the tools that the user may call; their calls go over one connection.

    Raises:
        GatewayUnreachable: no connection, or the token is refused.
    """
    client = MCPClient(url=gateway.url, headers=gateway.headers, startup_timeout=START_S)
    try:
        client.start()
    except MCPClientInitializationError as error:
        raise GatewayUnreachable("the gateway cannot be reached") from error
    try:
        yield list(_listed(client))
    finally:
        client.stop(None, None, None)


def _listed(client: MCPClient) -> Iterator[MCPAgentTool]:
    """Yield every tool, following cursors to the end."""
    cursor = None
    while True:
        page = client.list_tools_sync(cursor)
        yield from page
        cursor = page.pagination_token
        if cursor is None:
            return
