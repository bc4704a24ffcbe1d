"""Tools and queries as the sentence model and the words have them, read once for each text.

To read one tool takes some milliseconds, so what was read is kept by its text, in memory and on a
shelf that outlives the process: an update of one target, or of a gateway, reads nothing anew but
what has changed, and a start nothing at all. The work is done in a thread, a few tools at a time:
the event loop answers others meanwhile.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import batched
from typing import Final, Protocol

from localcloud.agentcore.gateway.search.intent import asks, reads
from localcloud.agentcore.gateway.search.shelf import Packed, Shelf
from localcloud.agentcore.gateway.search.texts import ToolText
from localcloud.agentcore.gateway.search.words import Key, Unit, keys, units
from minilm.embedding import Reading

KEPT_TOOLS: Final = 4096
"""Tools that are kept, some 12 kB each."""

KEPT_QUERIES: Final = 128
MAX_KEPT_QUERY: Final = 512
"""Characters of a query that is kept for the next time it comes, some 100 kB at most."""

AT_A_TIME: Final = 32
"""Tools that are read in one go."""


class Reads(Protocol):
    """A sentence model."""

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return what the model makes of each text."""


@dataclass(frozen=True)
class ReadTool:
    """A tool, read: by the sentence model, as words, and whether it reads."""

    packed: Packed
    keys: frozenset[Key]
    reads: bool


@dataclass(frozen=True)
class ReadQuery:
    """A query, read: by the sentence model, as words, and whether it asks for something."""

    reading: Reading
    units: tuple[Unit, ...]
    asks: bool


class Reader:
    """Reads, and keeps what was read last."""

    def __init__(
        self, model: Reads, shelf: Shelf | None = None, *, kept_tools: int = KEPT_TOOLS
    ) -> None:
        """Take the sentence model, where to keep what it reads, and how many tools in memory."""
        self._model = model
        self._shelf = shelf
        self._kept_tools = kept_tools
        self._tools: OrderedDict[ToolText, ReadTool] = OrderedDict()
        self._reading = asyncio.Lock()
        self._kept_query = lru_cache(KEPT_QUERIES)(self._query)

    async def tools(self, texts: Sequence[ToolText]) -> list[ReadTool]:
        """Return every tool, read; what is being read already is waited for."""
        async with self._reading:
            found = {text: self._tools[text] for text in texts if text in self._tools}
            missing = [text for text in dict.fromkeys(texts) if text not in found]
            for some in batched(missing, AT_A_TIME):
                read = await asyncio.to_thread(self._read, some)
                found.update(zip(some, read, strict=True))
            self._keep(found)
        return [found[text] for text in texts]

    def query(self, text: str) -> ReadQuery:
        """Return a query, read; for a thread, as it takes some milliseconds."""
        return self._kept_query(text) if len(text) <= MAX_KEPT_QUERY else self._query(text)

    def _query(self, text: str) -> ReadQuery:
        (reading,) = self._model.read([text])
        return query_of(text, reading)

    def _read(self, texts: Sequence[ToolText]) -> list[ReadTool]:
        packed = self._packed(list(dict.fromkeys(text.sentence for text in texts)))
        return [tool_of(text, packed[text.sentence]) for text in texts]

    def _packed(self, sentences: Sequence[str]) -> dict[str, Packed]:
        found = self._shelf.find(sentences) if self._shelf else {}
        missing = [sentence for sentence in sentences if sentence not in found]
        readings = self._model.read(missing) if missing else []
        new = dict(zip(missing, map(Packed.of, readings), strict=True))
        if self._shelf and new:
            self._shelf.keep(new)
        return found | new

    def _keep(self, found: dict[ToolText, ReadTool]) -> None:
        for text, tool in found.items():
            self._tools[text] = tool
            self._tools.move_to_end(text)
        while len(self._tools) > self._kept_tools:
            self._tools.popitem(last=False)


def tool_of(text: ToolText, packed: Packed) -> ReadTool:
    """Put together what search needs of a tool; `packed` is of its sentence."""
    return ReadTool(packed, keys(text.words), reads(text.name))


def query_of(text: str, reading: Reading) -> ReadQuery:
    """Put together what search needs of a query."""
    return ReadQuery(reading, tuple(units(text)), asks(text))
