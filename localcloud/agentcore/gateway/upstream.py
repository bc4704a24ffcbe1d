"""MCP as a client: streamable HTTP to a server behind a gateway.

A session begins with `initialize`, as in every version up to 2025-11-25. Answers may come as JSON
or as server-sent events, of which the one with our id counts. We declare no capabilities, so a
server has nothing to ask us.

Sources: MCP specification, transports and lifecycle; AgentCore Developer Guide, MCP server targets:
streamable HTTP, the tools capability, a supported version.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from mcp.shared.inbound import MCP_PROTOCOL_VERSION_HEADER
from mcp_types import InitializeResult, JSONRPCError, JSONRPCResponse, jsonrpc_message_adapter
from mcp_types.version import LATEST_HANDSHAKE_VERSION
from pydantic import ValidationError
from pydantic_core import from_json, to_json

from localcloud.agentcore.gateway.outbound import Outbound
from localcloud.agentcore.gateway.results import TargetFailed
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Response

type Send = Callable[[Outbound], Awaitable[Response]]

SESSION_HEADER: Final = "mcp-session-id"
VERSIONS: Final = frozenset({"2025-03-26", "2025-06-18", "2025-11-25"})
"""What a server may speak, of the versions with a handshake."""

MAX_PAGES: Final = 100
"""Pages of tools that are read of one server; a target has at most 1,000 tools."""

_CLIENT: Final = {"name": "agentcore-gateway", "version": "1.0.0"}
_REQUEST_ID: Final = 1
"""Every request is a POST of its own, so one id will do."""

_ACCEPT: Final = "application/json, text/event-stream"


class SessionGone(TargetFailed):
    """The server knows the session no longer: a new one is to be begun."""

    code = "SessionGone"


@dataclass(frozen=True)
class Session:
    """What a server agreed to. `id` is None if it keeps no sessions."""

    id: str | None
    version: str


class McpServer:
    """One server at one endpoint."""

    def __init__(self, endpoint: str, send: Send) -> None:
        """Take the URL, and what sends requests with their authorization."""
        self._endpoint = endpoint
        self._send = send

    async def begin(self) -> Session:
        """Shake hands.

        Raises:
            TargetFailed: no MCP server that we can speak with is there.
        """
        params = {
            "protocolVersion": LATEST_HANDSHAKE_VERSION,
            "capabilities": {},
            "clientInfo": _CLIENT,
        }
        response = await self._post(_message("initialize", params, _REQUEST_ID), None)
        agreed = _agreed(_result(response))
        session = Session(response.headers.get(SESSION_HEADER), agreed.protocol_version)
        await self._post(_message("notifications/initialized", None, None), session)
        return session

    async def request(self, session: Session, method: str, params: JsonObject) -> JsonObject:
        """Return the result of one request.

        Raises:
            SessionGone: the session has ended.
            TargetFailed: the server does not answer as MCP asks, or answers with an error.
        """
        return _result(await self._post(_message(method, params, _REQUEST_ID), session))

    async def tools(self, session: Session) -> list[Any]:
        """Return all tools, page by page, as the server lists them.

        Raises:
            TargetFailed: as `request`, or there is no end to the pages.
        """
        found: list[Any] = []
        params: JsonObject = {}
        for _ in range(MAX_PAGES):
            page = await self.request(session, "tools/list", params)
            tools = page.get("tools")
            if not isinstance(tools, list):
                raise TargetFailed("The MCP server's list of tools is none")
            found += tools
            if not page.get("nextCursor"):
                return found
            params = {"cursor": page["nextCursor"]}
        raise TargetFailed(f"The MCP server lists its tools on more than {MAX_PAGES} pages")

    async def _post(self, message: JsonObject, session: Session | None) -> Response:
        headers = {"accept": _ACCEPT, "content-type": "application/json"}
        if session is not None:
            headers[MCP_PROTOCOL_VERSION_HEADER] = session.version
            headers |= {SESSION_HEADER: session.id} if session.id else {}
        response = await self._send(Outbound("POST", self._endpoint, headers, to_json(message)))
        if response.status == HTTPStatus.NOT_FOUND and session is not None and session.id:
            raise SessionGone("The MCP server has ended the session")
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise TargetFailed(f"The MCP server answered HTTP {response.status}")
        return response


def _message(method: str, params: JsonObject | None, id_: int | None) -> JsonObject:
    message: JsonObject = {"jsonrpc": "2.0", "method": method}
    if params is not None:
        message["params"] = params
    return message if id_ is None else message | {"id": id_}


def _agreed(result: JsonObject) -> InitializeResult:
    try:
        agreed = InitializeResult.model_validate(result)
    except ValidationError as error:
        raise TargetFailed("The MCP server does not answer initialize as MCP asks") from error
    if agreed.protocol_version not in VERSIONS:
        raise TargetFailed("The MCP server speaks no supported version of MCP")
    if agreed.capabilities.tools is None:
        raise TargetFailed("The MCP server does not have the tools capability")
    return agreed


def _result(response: Response) -> JsonObject:
    for text in _texts(response):
        try:
            message = jsonrpc_message_adapter.validate_python(from_json(text, allow_inf_nan=False))
        except ValueError as error:  # neither JSON nor JSON-RPC
            raise TargetFailed("The MCP server does not answer in JSON-RPC") from error
        if isinstance(message, JSONRPCResponse) and message.id == _REQUEST_ID:
            return message.result
        if isinstance(message, JSONRPCError) and message.id in (_REQUEST_ID, None):
            said = f"{message.error.code} {message.error.message}"
            raise TargetFailed(f"The MCP server answered with error {said}")
    raise TargetFailed("The MCP server ended its answer without a result")


def _texts(response: Response) -> Iterator[bytes]:
    """Yield the messages of an answer: its body, or the data of its events."""
    if not response.headers.get("content-type", "").startswith("text/event-stream"):
        yield response.body
        return
    for event in response.body.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n\n"):
        lines = [line[5:].removeprefix(b" ") for line in event.split(b"\n") if line[:5] == b"data:"]
        if data := b"\n".join(lines):  # without data it is for reconnection, or a comment
            yield data
