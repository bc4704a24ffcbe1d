"""MCP servers of the official SDK, on loopback ports."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel

from tests.support.loopback import serve

HOST = "tools.example"
ENDPOINT = f"https://{HOST}/mcp"


class Pet(BaseModel):
    """What `find_pet` finds."""

    name: str
    legs: int


def pet_server() -> MCPServer:
    """Return a server of two tools: one finds, one fails."""
    server = MCPServer("pets")

    @server.tool()
    def find_pet(name: str, legs: int = 4) -> Pet:
        """Find a pet by its name."""
        return Pet(name=name, legs=legs)

    @server.tool()
    def lose_pet(name: str) -> str:
        """Lose a pet."""
        raise ToolError(f"{name} does not want to be lost")

    return server


@contextmanager
def served(server: MCPServer, **options: Any) -> Iterator[str]:  # noqa: ANN401 - of the SDK
    """Serve over streamable HTTP; the value is the origin. `options` are the SDK's own."""
    with serve(server.streamable_http_app(**options)) as origin:
        yield origin
