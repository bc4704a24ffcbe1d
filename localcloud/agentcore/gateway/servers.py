"""The MCP servers behind gateways: tools listed and called, over sessions that are kept.

One session serves all calls to a target, whoever calls: a gateway is stateless to its clients, and
so must be a server behind it. Where the credentials are a person's, each call has its own. A
session that the server has ended is begun anew, once. Whether AWS keeps sessions is not known
(claim `gateway.mcp-session`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from localcloud.agentcore.gateway.credentials import provider_of
from localcloud.agentcore.gateway.outbound import Outbound
from localcloud.agentcore.gateway.results import TargetFailed
from localcloud.agentcore.gateway.sending import Errand, TargetSender
from localcloud.agentcore.gateway.upstream import McpServer, Session, SessionGone
from localcloud.agentcore.model import JsonObject, McpBinding, Target
from localcloud.cloud import Response

MAX_KEPT: Final = 1024
"""Sessions kept at once."""

CLIENT_CREDENTIALS: Final = "CLIENT_CREDENTIALS"
"""The grant that is nobody's: with any other, no session of one person serves another."""


@dataclass
class _Kept:
    """One session, begun by whoever needs it first while the others wait."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    session: Session | None = None


class McpServers:
    """Lists and calls the tools of MCP servers."""

    def __init__(self, sender: TargetSender) -> None:
        """Take what sends to targets."""
        self._sender = sender
        self._kept: dict[tuple[str, ...], _Kept] = {}

    async def tools(self, errand: Errand, binding: McpBinding) -> list[Any]:
        """Return what a server lists as its tools.

        Raises:
            TargetFailed: it cannot be asked.
        """
        return await self._within(errand, binding, lambda at, session: at.tools(session))

    async def call(
        self, errand: Errand, binding: McpBinding, name: str, arguments: JsonObject
    ) -> JsonObject:
        """Call a tool and return its result as it is.

        Raises:
            TargetFailed: the server cannot be asked, answers with an error, or with no tool result.
        """
        params = {"name": name, "arguments": arguments}
        result = await self._within(
            errand, binding, lambda at, session: at.request(session, "tools/call", params)
        )
        if not isinstance(result.get("content"), list):
            raise TargetFailed("The MCP server's answer is not the result of a tool")
        return {"isError": False, **result}

    async def _within[T](
        self,
        errand: Errand,
        binding: McpBinding,
        work: Callable[[McpServer, Session], Awaitable[T]],
    ) -> T:
        async def send(outbound: Outbound) -> Response:
            return await self._sender.send(errand, outbound, binding.service)

        server = McpServer(binding.endpoint, send)
        kept = self._kept_for(errand, binding)
        session = await _session(server, kept)
        try:
            return await work(server, session)
        except SessionGone:
            if kept.session is session:
                kept.session = None
            return await work(server, await _session(server, kept))

    def _kept_for(self, errand: Errand, binding: McpBinding) -> _Kept:
        gateway, target = errand.gateway, errand.target
        if not _is_shared(target):
            return _Kept()
        changed = target.updated_at.isoformat()
        key = (gateway.gateway_id, gateway.role_arn, target.target_id, changed, binding.endpoint)
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        return self._kept.setdefault(key, _Kept())


def _is_shared(target: Target) -> bool:
    """Tell whether a target's credentials are its own, not a person's."""
    if target.credential_provider_type != "OAUTH":
        return True
    grant = provider_of(target).config.get("grantType", CLIENT_CREDENTIALS)
    return bool(grant == CLIENT_CREDENTIALS)


async def _session(server: McpServer, kept: _Kept) -> Session:
    async with kept.lock:
        if kept.session is None:
            kept.session = await server.begin()
        return kept.session
