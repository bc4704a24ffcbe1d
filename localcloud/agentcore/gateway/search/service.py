"""A call of the search tool: check the arguments, read what is new, rank, answer."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

from localcloud.agentcore.gateway import arguments as argument_check
from localcloud.agentcore.gateway.arguments import ArgumentCheck
from localcloud.agentcore.gateway.catalog import Catalog, Entry
from localcloud.agentcore.gateway.results import failure
from localcloud.agentcore.gateway.search import tool
from localcloud.agentcore.gateway.search.index import ToolIndex
from localcloud.agentcore.gateway.search.model import model_id
from localcloud.agentcore.gateway.search.reading import Reader, Reads
from localcloud.agentcore.gateway.search.shelf import Shelf
from localcloud.agentcore.gateway.search.texts import sentence_of
from localcloud.agentcore.model import JsonObject

MAX_FOUND: Final = 10
"""Tools in one answer: the Developer Guide speaks of the ten most relevant."""


class ToolSearch:
    """Answers the search tool of every gateway."""

    def __init__(self, model: Reads, shelf: Path | None = None) -> None:
        """Take the sentence model, asked from threads, and a file to keep in what it reads."""
        self._reader = Reader(model, Shelf(shelf, model_id()) if shelf else None)
        self._check = ArgumentCheck(tool.SHOWN["inputSchema"])
        self._indexes: WeakKeyDictionary[Catalog, asyncio.Task[ToolIndex]] = WeakKeyDictionary()

    async def call(
        self, catalog: Catalog, arguments: JsonObject, *, visible: frozenset[str] | None
    ) -> dict[str, Any]:
        """Return the search tool's result.

        Args:
            catalog: the gateway's tools.
            arguments: as the client sent them.
            visible: full names of the tools the caller may call; None for all. No other tool is
                found, takes a place among the ten, or has a part in the order of the rest.
        """
        if lines := self._check.lines(arguments):
            return failure(argument_check.refusal(lines))
        found = await self._find(catalog, arguments["query"], visible)
        return tool.result([_shown(entry) for entry in found])

    def prepare(self, catalog: Catalog) -> asyncio.Task[ToolIndex]:
        """Begin to read a catalog's tools, if nobody has, so that the first search finds it done.

        Who reads goes on when the client that began it is gone.
        """
        making = self._indexes.get(catalog)
        if making is None or _has_failed(making):
            making = self._indexes[catalog] = asyncio.create_task(self._made(catalog))
        return making

    async def _find(
        self, catalog: Catalog, query: str, visible: frozenset[str] | None
    ) -> list[Entry]:
        index = await asyncio.shield(self.prepare(catalog))
        places = await asyncio.to_thread(self._places, index, query, visible)
        return [catalog.entries[place] for place in places]

    def _places(self, index: ToolIndex, query: str, visible: frozenset[str] | None) -> list[int]:
        return index.best(self._reader.query(query), visible=visible, count=MAX_FOUND)

    async def _made(self, catalog: Catalog) -> ToolIndex:
        read = await self._reader.tools(_sentences(catalog.entries))
        return ToolIndex([entry.name for entry in catalog.entries], read)


def _has_failed(making: asyncio.Task[ToolIndex]) -> bool:
    return making.done() and (making.cancelled() or making.exception() is not None)


def _sentences(entries: Sequence[Entry]) -> list[str]:
    return [sentence_of(entry.name, entry.tool.description) for entry in entries]


def _shown(entry: Entry) -> JsonObject:
    return {
        "name": entry.name,
        "description": entry.tool.description,
        "inputSchema": entry.tool.input_schema,
    }
