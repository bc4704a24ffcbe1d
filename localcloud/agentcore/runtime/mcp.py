"""MCP servers as agents: one session under two names, and answers as MCP gives them.

A client learns our session's id as `Mcp-Session-Id` and sends it from then on. The server gets the
same id, except in an `initialize` that begins a session; one that keeps sessions of its own answers
that with an id of its own, and gets that one afterwards.

Source: Developer Guide, MCP protocol contract: session management and microVM stickiness, error
handling. How the two ids of a server with sessions come together is ours (claim
`agentcore-runtime.mcp-session`).
"""

from http import HTTPStatus
from typing import Final

from pydantic_core import from_json, to_json

from localcloud.cloud import Request, Response

PROTOCOL: Final = "MCP"
SESSION_HEADER: Final = "mcp-session-id"
ACCEPTED: Final = ("application/json", "text/event-stream")
ACCEPT_ERROR: Final = -32011

type Headers = list[tuple[bytes, bytes]]


def not_acceptable(request: Request) -> Response | None:
    """Return the refusal of a request whose client does not take both kinds of answer, or None."""
    accepted = request.header("accept") or ""
    if all(media_type in accepted for media_type in ACCEPTED):
        return None
    message = f"Accept Header Error - MCP protocol requires Accept header: {', '.join(ACCEPTED)}"
    error = {"jsonrpc": "2.0", "id": None, "error": {"code": ACCEPT_ERROR, "message": message}}
    headers = {"content-type": "application/json"}
    return Response(HTTPStatus.NOT_ACCEPTABLE, headers, to_json(error))


def server_headers(headers: Headers, request: Request, session: str, own: str | None) -> Headers:
    """Return what a server is sent, with the session's id as it knows it.

    Args:
        headers: what any agent is sent.
        request: the client's.
        session: our id.
        own: the server's, if it has named one.
    """
    name = SESSION_HEADER.encode()
    others = [header for header in headers if header[0] != name]
    if request.header(SESSION_HEADER) is None and _begins(request.body):
        return others
    return [*others, (name, (own or session).encode("latin-1"))]


def passes(status: int) -> bool:
    """Tell whether a server's answer goes to the client: refusals are part of MCP."""
    return status < HTTPStatus.INTERNAL_SERVER_ERROR


def _begins(body: bytes) -> bool:
    try:
        message = from_json(body)
    except ValueError:
        return False
    return isinstance(message, dict) and message.get("method") == "initialize"
