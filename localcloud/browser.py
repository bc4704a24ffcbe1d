"""The way in for browsers: plain HTTP on loopback, to the APIs of deployed stacks and nowhere else.

No browser trusts the laptop cloud's certificates, and none should (docs/security.md, The laptop).
So the proxy's port also takes ordinary requests and hands them to this door. A web page of any
site can make a browser send requests to 127.0.0.1, and the cloud's root key is no secret. So the
door is narrow: the host is named as this machine itself, which a name that was rebound to it is
not; no other site's page asks; and services with keys, such as Lambda, are out of reach.

Source: Fetch Metadata Request Headers (W3C), and "Resource Isolation Policy" in it.
"""

import asyncio
import contextlib
import json
import logging
import re
import socket
from collections.abc import AsyncIterator
from urllib.parse import unquote

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.settings import LOOPBACK

logger = logging.getLogger(__name__)

PREFIX = b"/_aws/execute-api/"
SHUTDOWN_S = 2
_HOST = re.compile(r"^(127\.0\.0\.1|localhost)(:\d+)?$", re.IGNORECASE)
_OWN_SITE = frozenset({"", "none", "same-origin"})


class BrowserDoor:
    """Hands a request to the cloud if a person at this machine may have meant it."""

    def __init__(self, cloud: ASGIApp) -> None:
        """Guard `cloud`."""
        self._cloud = cloud

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        reason = why_not(scope)
        if reason is None:
            await self._cloud(scope, receive, send)
            return
        logger.info("a browser was refused: %s", reason)
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 403, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps({"message": reason}).encode()})


def why_not(scope: Scope) -> str | None:
    """Return why a request is refused, or None if it is not."""
    headers = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]
    ]
    hosts = [value for name, value in headers if name == "host"]
    if len(hosts) != 1 or not _HOST.match(hosts[0]):
        return "the host is not this machine"
    if not _leads_to_an_api(scope):
        return "only the APIs of deployed stacks are here"
    if not _from_its_own_site(scope["method"], dict(headers), hosts[0]):
        return "another site's page asks"
    return None


def _leads_to_an_api(scope: Scope) -> bool:
    raw_path: bytes = scope["raw_path"]
    return raw_path.startswith(PREFIX) and ".." not in unquote(raw_path.decode("latin-1"))


def _from_its_own_site(method: str, headers: dict[str, str], host: str) -> bool:
    if headers.get("origin", f"http://{host}").lower() != f"http://{host}".lower():
        return False
    if headers.get("sec-fetch-site", "") in _OWN_SITE:
        return True
    # Following a link from elsewhere is how one gets to a page. It cannot bring a key along.
    followed = headers.get("sec-fetch-mode") == "navigate"
    return method == "GET" and followed and headers.get("sec-fetch-dest") == "document"


@contextlib.asynccontextmanager
async def serve_browsers(cloud: ASGIApp) -> AsyncIterator[tuple[str, int]]:
    """Serve the door on a loopback port of the system's choice; the value is its address."""
    config = uvicorn.Config(
        BrowserDoor(cloud),
        ws="none",
        lifespan="off",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    server = uvicorn.Server(config)
    # The cloud's own server hears the signals.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
    with socket.create_server((LOOPBACK, 0)) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        try:
            yield LOOPBACK, listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving
