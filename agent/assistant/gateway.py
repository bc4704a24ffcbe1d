"""The client side of an AgentCore Gateway: MCP over HTTPS with a bearer token.

Built on the official SDK's `Client`, which negotiates the protocol version. Proxy and
certificate authority come from the environment (HTTPS_PROXY, SSL_CERT_FILE), as httpx2 reads it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp_types import ContentBlock, TextContent

from assistant.errors import CallRefused, GatewayUnreachable, TokenRejected

# API Gateway ends a call after 29 s: a longer wait could only see that answer.
TIMEOUT_S = 30.0
READ_GRACE_S = 5.0
# A gateway may give one page per target: far more than it may have targets, so that only a
# cursor that runs in a circle gets here.
MAX_PAGES = 1000


class BearerTokens(Protocol):
    """Where tokens come from: `assistant.tokens.TokenSource`."""

    async def current_async(self) -> str:
        """Return a token that has not expired."""

    async def replace_async(self, refused: str) -> str:
        """Return another token than the one that was refused."""


class BearerAuth(httpx2.Auth):
    """Put the token on every request; after a 401, once more with another one."""

    def __init__(self, tokens: BearerTokens) -> None:
        """Take the source of tokens."""
        self._tokens = tokens

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        """Send, and on 401 send again with a replaced token.

        Raises:
            TokenRejected: 401 for the replaced token too.
        """
        token = await self._tokens.current_async()
        response = yield _bearing(request, token)
        if response.status_code != httpx2.codes.UNAUTHORIZED:
            return
        response = yield _bearing(request, await self._tokens.replace_async(token))
        if response.status_code == httpx2.codes.UNAUTHORIZED:
            raise TokenRejected("the gateway refuses the access token, and a fresh one as well")


def _bearing(request: httpx2.Request, token: str) -> httpx2.Request:
    request.headers["Authorization"] = f"Bearer {token}"
    return request


@dataclass(frozen=True)
class Tool:
    """A tool as the gateway lists it; `input_schema` is its raw JSON schema."""

    name: str
    description: str
    input_schema: Mapping[str, Any]


@dataclass(frozen=True)
class Reply:
    """What a tool answered; with `is_error`, `text` says what went wrong at the tool."""

    text: str
    is_error: bool


class Gateway:
    """One open connection: list tools and call them."""

    def __init__(self, client: Client, *, timeout_s: float) -> None:
        """Take a connected client; see `open_gateway`."""
        self._client = client
        self._timeout_s = timeout_s

    async def list_tools(self) -> tuple[Tool, ...]:
        """List every tool, following cursors to the end.

        Raises:
            CallRefused: the gateway answered with an error, or its cursors never end.
            GatewayUnreachable: no answer in time.
        """
        tools: list[Tool] = []
        cursor: str | None = None
        for _ in range(MAX_PAGES):
            page = await self._answer(self._client.list_tools(cursor=cursor))
            tools += [Tool(t.name, t.description or "", t.input_schema) for t in page.tools]
            cursor = page.next_cursor
            if cursor is None:
                return tuple(tools)
        raise CallRefused(f"tools/list has more than {MAX_PAGES} pages", rpc_code=0)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        """Call one tool by its full name (`<target>___<operation>`).

        Raises:
            CallRefused: a JSON-RPC error, for instance for an unknown tool or a denied call.
            GatewayUnreachable: no answer in time.
        """
        result = await self._answer(self._client.call_tool(name, dict(arguments)))
        return Reply("\n".join(map(_text, result.content)), is_error=bool(result.is_error))

    async def _answer[T](self, request: Awaitable[T]) -> T:
        try:
            # Not the SDK's own timeout: its code, -32001, is also the gateway's for a bad token.
            async with asyncio.timeout(self._timeout_s):
                return await request
        except TimeoutError as error:
            raise GatewayUnreachable(f"no answer within {self._timeout_s:g} s") from error
        except MCPError as error:
            raise _refusal(error) from error
        except RuntimeError as error:  # the SDK's, for a result against the tool's own schema
            raise CallRefused(str(error), rpc_code=0) from error


@asynccontextmanager
async def open_gateway(
    url: str, tokens: BearerTokens, *, timeout_s: float = TIMEOUT_S
) -> AsyncIterator[Gateway]:
    """Connect to the MCP endpoint `url`, and close the connection at the end.

    Raises:
        GatewayUnreachable: no connection, no answer in time, or a 5xx that is not MCP.
        TokenRejected: 401 for a fresh token.
        LoginRefused: the source of tokens gives none.
        CallRefused: the gateway does not want to negotiate.
    """
    try:
        async with (
            httpx2.AsyncClient(
                auth=BearerAuth(tokens),
                # For a call our own limit comes first: this one would end the connection.
                timeout=httpx2.Timeout(timeout_s, read=timeout_s + READ_GRACE_S),
                event_hooks={"response": [_stop_at_server_failure]},
            ) as http,
            Client(streamable_http_client(url, http_client=http)) as client,
        ):
            yield Gateway(client, timeout_s=timeout_s)
    except (ExceptionGroup, httpx2.HTTPError, MCPError) as error:
        raise _meaning(error) from error


async def _stop_at_server_failure(response: httpx2.Response) -> None:
    """Name a 5xx that carries no JSON-RPC error: the SDK would only say that there was one."""
    is_json = response.headers.get("content-type", "").startswith("application/json")
    if response.is_server_error and not is_json:
        raise GatewayUnreachable(f"the gateway answers {response.status_code}")


def _meaning(error: Exception) -> Exception:
    """Find the one reason in what the SDK's task groups raise."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, MCPError):
        return _refusal(error)
    if isinstance(error, httpx2.HTTPError):
        return GatewayUnreachable(str(error) or type(error).__name__)
    return error


def _refusal(error: MCPError) -> CallRefused:
    return CallRefused(error.message, rpc_code=error.code)


def _text(block: ContentBlock) -> str:
    return block.text if isinstance(block, TextContent) else f"[{block.type}]"
