"""A gateway for the agent's tests: the SDK's own MCP server behind a door that checks tokens."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mcp import MCPError
from mcp.server import Server
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
)
from mcp_types import Tool as McpTool
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.support.agent_tools import answer_pets, pet_tools
from tests.support.loopback import serve

# Word for word what the service says.
INVALID_TOKEN = {
    "jsonrpc": "2.0",
    "id": 0,
    "error": {"code": -32001, "message": "Invalid Bearer token"},
}


@dataclass
class Door:
    """Lets in who has one of the `accepted` tokens, and writes down every token it saw."""

    app: ASGIApp
    accepts: Callable[[str], bool]
    seen: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            token = dict(scope["headers"]).get(b"authorization", b"").decode()
            self.seen.append(token.removeprefix("Bearer "))
            if not self.accepts(self.seen[-1]):
                await JSONResponse(INVALID_TOKEN, 401)(scope, receive, send)
                return
        await self.app(scope, receive, send)


@dataclass
class Tokens:
    """A source of tokens that numbers them."""

    made: int = 0
    failure: Exception | None = None

    @property
    def now(self) -> str:
        return f"token-{self.made}"

    async def current_async(self) -> str:
        return self.now

    async def replace_async(self, refused: str) -> str:
        if self.failure:
            raise self.failure
        if refused == self.now:
            self.made += 1
        return self.now


async def list_pet_tools(_: object, params: PaginatedRequestParams | None) -> ListToolsResult:
    """List one tool a page."""
    tools = pet_tools()
    at = int(params.cursor) if params and params.cursor else 0
    here = McpTool(
        name=tools[at].name,
        description=tools[at].description,
        input_schema=dict(tools[at].input_schema),
    )
    following = str(at + 1) if at + 1 < len(tools) else None
    return ListToolsResult(tools=[here], next_cursor=following)


async def call_pet_tool(_: object, params: CallToolRequestParams) -> CallToolResult:
    """Answer as the store does."""
    if params.name not in {one.name for one in pet_tools()}:
        raise MCPError(INVALID_PARAMS, f"Unknown tool: {params.name}")
    reply = answer_pets(params.name, params.arguments or {})
    return CallToolResult(content=[TextContent(text=reply.text)], is_error=reply.is_error)


@contextmanager
def gateway(
    accepts: Callable[[str], bool] = lambda _: True,
    *,
    on_call: Callable[[object, CallToolRequestParams], Awaitable[CallToolResult]] = call_pet_tool,
    simple: bool = False,
) -> Iterator[tuple[str, Door]]:
    """Serve the pet store's tools at a URL.

    `simple` is without sessions and with plain JSON, otherwise there are sessions and streams.
    """
    server = Server("agentcore-gateway", on_list_tools=list_pet_tools, on_call_tool=on_call)
    door = Door(server.streamable_http_app(json_response=simple, stateless_http=simple), accepts)
    with serve(door) as base:
        yield f"{base}/mcp", door
