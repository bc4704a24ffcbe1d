"""The tools of one gateway, ready to be listed and looked up.

Everything a request needs is made once for each state of a gateway and its targets: names, compiled
schemas, and the pages of `tools/list` as bytes.

Source: AgentCore Developer Guide, tool naming and tools/list. The page size and the form of the
cursor are ours (claim `gateway.pages`).
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic_core import to_json

from localcloud.agentcore.gateway.arguments import ArgumentCheck
from localcloud.agentcore.gateway.errors import InvalidParams
from localcloud.agentcore.gateway.listed import is_dynamic
from localcloud.agentcore.gateway.search.tool import SHOWN, is_searchable
from localcloud.agentcore.model import (
    TOOL_NAME_SEPARATOR,
    Gateway,
    JsonObject,
    McpBinding,
    Status,
    Target,
    Tool,
)

MAX_VIEWS: Final = 32
"""Selections of a gateway's tools whose pages are kept."""

type _Pages = Mapping[str | None, bytes]


@dataclass(frozen=True)
class Entry:
    """One tool as clients see it. `name` has the target's prefix."""

    name: str
    target: Target
    tool: Tool
    check: ArgumentCheck


@dataclass(frozen=True)
class LivePart:
    """A part of tools/list that servers are asked for: these targets, behind these entries."""

    targets: tuple[Target, ...]
    next_cursor: str | None = None
    before: tuple[Entry, ...] = ()


class Catalog:
    """The tools of the targets that are READY, and the search tool in front of them.

    `searchable` tells whether there is one; it is no `Entry`, as it belongs to no target. `dynamic`
    are targets whose tools nobody keeps. A gateway with a policy engine or a search has none: there
    is nothing to decide by or to find them by (claim `gateway.mcp-dynamic`).
    """

    def __init__(self, gateway: Gateway, targets: Iterable[Target], *, page_size: int) -> None:
        """Take a gateway's targets; `page_size` is in tools."""
        ready = tuple(target for target in targets if target.status is Status.READY)
        self.entries = tuple(entry_of(target, tool) for target in ready for tool in target.tools)
        self.searchable = is_searchable(gateway)
        needs_kept = self.searchable or "policyEngineConfiguration" in gateway.config
        self.dynamic = tuple(each for each in ready if is_dynamic(each) and not needs_kept)
        self._live = [_encoded(f"{each.name}{TOOL_NAME_SEPARATOR}") for each in self.dynamic]
        self._unpaged = _is_unpaged(gateway)
        self._page_size = len(self.entries) + 1 if self._unpaged else page_size
        self._entries = {entry.name: entry for entry in self.entries}
        self._pages = self._paged(self.entries)
        self._pages_of: dict[frozenset[str], _Pages] = {}

    def find(self, name: str) -> Entry | None:
        """Return a tool by its full name."""
        return self._entries.get(name)

    def live(self, cursor: object) -> LivePart | None:
        """Return what is asked of servers for the page at this cursor, or None: it is kept."""
        if not self.dynamic:
            return None
        if cursor is None:
            if self._unpaged:
                return LivePart(self.dynamic, before=self.entries)
            return None if self.entries else self._live_page(0)
        return self._live_page(self._live.index(cursor)) if cursor in self._live else None

    def _live_page(self, index: int) -> LivePart:
        following = self._live[index + 1 : index + 2]
        return LivePart((self.dynamic[index],), following[0] if following else None)

    def page(self, cursor: object, extra: bytes, visible: frozenset[str] | None = None) -> bytes:
        """Return one page of `tools/list` as JSON.

        Args:
            cursor: None for the first page, else what the page before gave as `nextCursor`.
            extra: members to put in front, as JSON with a comma behind each, or nothing.
            visible: the full names of the tools to list, or None for all. The search tool is not
                among them, and always listed.

        Raises:
            InvalidParams: the cursor is none of ours, or of tools that are gone.
        """
        pages = self._pages if visible is None else self._visible_pages(visible)
        page = pages.get(cursor) if isinstance(cursor, str | None) else None
        if page is None:
            raise InvalidParams("Invalid cursor")
        return b"{%b%b" % (extra, page)

    def _visible_pages(self, visible: frozenset[str]) -> _Pages:
        pages = self._pages_of.get(visible)
        if pages is None:
            if len(self._pages_of) >= MAX_VIEWS:
                self._pages_of.clear()
            listed = [entry for entry in self.entries if entry.name in visible]
            pages = self._pages_of[visible] = self._paged(listed)
        return pages

    def _paged(self, entries: Iterable[Entry]) -> _Pages:
        search = [SHOWN] if self.searchable else []
        last = self._live[0] if self._live else None
        return _pages([*search, *map(shown, entries)], self._page_size, last)


def entry_of(target: Target, tool: Tool) -> Entry:
    """Return a target's tool as clients see it.

    What an MCP server does not name among its arguments it may take all the same.
    """
    name = f"{target.name}{TOOL_NAME_SEPARATOR}{tool.name}"
    strict = not isinstance(tool.binding, McpBinding)
    return Entry(name, target, tool, ArgumentCheck(tool.input_schema, strict=strict))


def _pages(tools: Sequence[JsonObject], size: int, last: str | None) -> _Pages:
    """Return each page under the cursor that leads to it, without its opening brace.

    `last` is the cursor of what comes behind them: a target's, named as a tool without a name.
    """
    pages: dict[str | None, bytes] = {}
    cursor = None
    for start in range(0, max(len(tools), 1), size):
        page: dict[str, Any] = {"tools": tools[start : start + size]}
        following = _cursor(tools[start + size]) if start + size < len(tools) else last
        if following is not None:
            page["nextCursor"] = following
        pages[cursor] = to_json(page)[1:]
        cursor = following
    return pages


def _cursor(tool: JsonObject) -> str:
    """Name the tool a page begins with: a page stays right when tools after it come and go."""
    return _encoded(tool["name"])


def _encoded(name: str) -> str:
    return urlsafe_b64encode(name.encode()).decode().rstrip("=")


def shown(entry: Entry) -> JsonObject:
    """Return a tool as `tools/list` shows it."""
    tool = entry.tool
    shown = {
        "name": entry.name,
        "description": tool.description,
        "inputSchema": tool.input_schema,
    }
    if tool.output_schema is not None:
        shown["outputSchema"] = tool.output_schema
    return shown


def _is_unpaged(gateway: Gateway) -> bool:
    mcp = (gateway.config.get("protocolConfiguration") or {}).get("mcp") or {}
    return mcp.get("disableMcpListToolsPagination") is True
