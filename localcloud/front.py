"""Which part of the laptop cloud answers a request, told by host name, path or signature."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.agentcore.gateway import is_for_gateways
from localcloud.agentcore.identity.consent_app import is_for_consent
from localcloud.agentcore.runtime.app import is_for_agents
from localcloud.proxy import is_aws

ADMIN_PREFIX = "/_laptop/"
READ_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_CREDENTIAL = re.compile(rb"Credential=[^/]*/[0-9]{8}/[^/]*/(?P<service>[^/]*)/aws4_request")
_AGENTCORE_HOST = re.compile(r"^bedrock-agentcore(-control)?\.[a-z0-9-]+\.amazonaws\.com$")


@dataclass(frozen=True)
class Parts:
    """The applications behind the one port."""

    engine: ASGIApp
    agentcore: ASGIApp
    agents: ASGIApp
    gateways: ASGIApp
    admin: ASGIApp


class Front:
    """The ASGI application of the laptop cloud."""

    def __init__(self, parts: Parts, changed: Callable[[], None]) -> None:
        """Route among `parts`; call `changed` after each request that may have changed state."""
        self._parts = parts
        self._changed = changed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._parts.engine(scope, receive, send)
            return
        part = self._part(scope)
        try:
            await part(scope, receive, send)
        finally:
            # What an agent changes comes in as requests of its own.
            if scope["method"] not in READ_METHODS and part is not self._parts.agents:
                self._changed()

    def _part(self, scope: Scope) -> ASGIApp:
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").partition(":")[0].lower()
        # An AWS host name says it all: a bucket may hold a key that looks like a path of ours.
        path: str = "" if is_aws(host) else scope["path"]
        if is_for_gateways(host, path):
            return self._parts.gateways
        if _AGENTCORE_HOST.match(host) or _signed_for_agentcore(headers):
            for_agents = is_for_agents(scope["method"], scope.get("raw_path") or b"")
            return self._parts.agents if for_agents else self._parts.agentcore
        if is_for_consent(scope["method"], path):
            return self._parts.agentcore
        if path.startswith(ADMIN_PREFIX):
            return self._parts.admin
        return self._parts.engine


def _signed_for_agentcore(headers: dict[bytes, bytes]) -> bool:
    """Tell whether a client with an endpoint URL means AgentCore: only the signature says so."""
    found = _CREDENTIAL.search(headers.get(b"authorization", b""))
    return found is not None and found["service"] == b"bedrock-agentcore"
