"""Targets with `listingMode: DYNAMIC`: their servers are asked when a client asks.

Each is a page of tools/list of its own. A server that cannot be asked lists nothing, so that it
hides no others. A call goes out as it is: what arguments a tool takes is for its server to say.

Sources: AgentCore Developer Guide, MCP server targets; one target a page as seen in
aws-samples/sample-agent-platform-with-agentcore.
"""

import logging
from collections.abc import Callable
from typing import Any

from pydantic_core import to_json

from localcloud.agentcore.gateway.catalog import Catalog, Entry, LivePart, entry_of, shown
from localcloud.agentcore.gateway.listed import binding_of, listed_tools
from localcloud.agentcore.gateway.results import TargetFailed
from localcloud.agentcore.gateway.sending import Errand
from localcloud.agentcore.gateway.servers import McpServers
from localcloud.agentcore.model import TOOL_NAME_SEPARATOR, Target, Tool
from localcloud.agentcore.ports import ImportFailed

logger = logging.getLogger(__name__)


class DynamicTargets:
    """Lists and finds tools that nobody keeps."""

    def __init__(self, servers: McpServers) -> None:
        """Take the MCP servers."""
        self._servers = servers

    async def page(
        self, part: LivePart, errand_to: Callable[[Target], Errand], extra: bytes
    ) -> bytes:
        """Return one page of `tools/list` as JSON; `extra` as in `Catalog.page`."""
        entries = list(part.before)
        for target in part.targets:
            entries += await self._entries(errand_to(target))
        page: dict[str, Any] = {"tools": [shown(entry) for entry in entries]}
        if part.next_cursor is not None:
            page["nextCursor"] = part.next_cursor
        return b"{%b%b" % (extra, to_json(page)[1:])

    def find(self, catalog: Catalog, name: str) -> Entry | None:
        """Return the tool of this full name if it would be one of a dynamic target."""
        target_name, _, tool_name = name.partition(TOOL_NAME_SEPARATOR)
        for target in catalog.dynamic:
            if target.name == target_name and tool_name:
                tool = Tool(tool_name, "", {"type": "object"}, binding_of(target))
                return entry_of(target, tool)
        return None

    async def _entries(self, errand: Errand) -> tuple[Entry, ...]:
        target, binding = errand.target, binding_of(errand.target)
        try:
            listed = await self._servers.tools(errand, binding)
            return tuple(entry_of(target, tool) for tool in listed_tools(listed, binding))
        except (TargetFailed, ImportFailed) as failure:
            place = (target.target_id, target.gateway_id)
            logger.warning("target %s of gateway %s lists nothing: %s", *place, failure.code)
            return ()
