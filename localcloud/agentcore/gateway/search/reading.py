"""Tools and queries as the sentence model has them, read once for each text.

To read one tool takes some milliseconds, so what was read is kept by its text, in memory and on a
shelf that outlives the process: an update of one target, or of a gateway, reads nothing anew but
what has changed, and a start nothing at all. The work is done in a thread, a few tools at a time:
the event loop answers others meanwhile.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import batched
from typing import Final, Protocol

from localcloud.agentcore.gateway.search.shelf import Packed, Shelf
from minilm.embedding import Reading

KEPT_TOOLS: Final = 4096
"""Tools that are kept, some 11 kB each."""

KEPT_QUERIES: Final = 128
MAX_KEPT_QUERY: Final = 512
"""Characters of a query that is kept for the next time it comes, some 100 kB at most."""

AT_A_TIME: Final = 32
"""Tools that are read in one go."""


class Reads(Protocol):
    """A sentence model."""

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return what the model makes of each text."""


class Reader:
    """Reads, and keeps what was read last."""

    def __init__(
        self, model: Reads, shelf: Shelf | None = None, *, kept_tools: int = KEPT_TOOLS
    ) -> None:
        """Take the sentence model, where to keep what it reads, and how many tools in memory."""
        self._model = model
        self._shelf = shelf
        self._kept_tools = kept_tools
        self._tools: OrderedDict[str, Packed] = OrderedDict()
        self._reading = asyncio.Lock()
        self._kept_query = lru_cache(KEPT_QUERIES)(self._query)

    async def tools(self, sentences: Sequence[str]) -> list[Packed]:
        """Return what was read of every tool; what is being read already is waited for."""
        async with self._reading:
            found = {each: self._tools[each] for each in sentences if each in self._tools}
            missing = [each for each in dict.fromkeys(sentences) if each not in found]
            for some in batched(missing, AT_A_TIME):
                found |= await asyncio.to_thread(self._read, some)
            self._keep(found)
        return [found[each] for each in sentences]

    def query(self, text: str) -> Reading:
        """Return a query, read; for a thread, as it takes some milliseconds."""
        return self._kept_query(text) if len(text) <= MAX_KEPT_QUERY else self._query(text)

    def _query(self, text: str) -> Reading:
        (reading,) = self._model.read([text])
        return reading

    def _read(self, sentences: Sequence[str]) -> dict[str, Packed]:
        found = self._shelf.find(sentences) if self._shelf else {}
        missing = [each for each in sentences if each not in found]
        readings = self._model.read(missing) if missing else []
        new = dict(zip(missing, map(Packed.of, readings), strict=True))
        if self._shelf and new:
            self._shelf.keep(new)
        return found | new

    def _keep(self, found: Mapping[str, Packed]) -> None:
        for sentence, tool in found.items():
            self._tools[sentence] = tool
            self._tools.move_to_end(sentence)
        while len(self._tools) > self._kept_tools:
            self._tools.popitem(last=False)
