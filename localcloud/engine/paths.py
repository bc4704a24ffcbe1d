"""Requests to deployed APIs keep the path they were sent with.

MiniStack routes by the decoded path, where a path parameter `a%2Fb` has become two segments and
names another resource than the one the caller was let through to.

Source: REST APIs of API Gateway hand paths on still percent-encoded (captures of live events in
hotsock/voker pull request 8, summed up in middleapi/standard-server pull request 93).
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

_HOST = re.compile(rb"[a-z0-9]+\.execute-api\.", re.IGNORECASE)
_DIRECT = b"/_aws/execute-api/"


def with_encoded_paths(app: ASGIApp) -> ASGIApp:
    """Show `app` the percent-encoded path of requests to `execute-api`."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        raw_path: bytes = scope.get("raw_path") or b""
        host = dict(scope.get("headers", ())).get(b"host", b"")
        if raw_path and (_HOST.match(host) or raw_path.startswith(_DIRECT)):
            scope = {**scope, "path": raw_path.decode("latin-1")}
        await app(scope, receive, send)

    return wrapped
