"""Ours, with and without its parts, and what it is measured against, all over the same tools.

*BM25* is rank_bm25's Okapi with its defaults, over name, description and parameters, without stop
words and with endings cut off. *Plain MiniLM* is the same sentence model over the description.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import rank_bm25  # type: ignore[import-untyped]

from benchmarks.tool_search.sets import ListedTool
from localcloud.agentcore.gateway.search.index import Shares, ToolIndex
from localcloud.agentcore.gateway.search.reading import ReadQuery, ReadTool, query_of, tool_of
from localcloud.agentcore.gateway.search.shelf import Packed
from localcloud.agentcore.gateway.search.texts import ToolText, text_of
from localcloud.agentcore.gateway.search.words import Key, Unit, units
from minilm.embedding import Embedder


class Retriever(Protocol):
    """Finds tools."""

    def search(self, query: str, k: int) -> list[int]:
        """Return the places of up to `k` tools, the best first."""


class Ours:
    """The gateway's index."""

    def __init__(
        self,
        tools: Sequence[ListedTool],
        model: Embedder,
        shares: Shares | None = None,
        *,
        synonyms: bool = True,
    ) -> None:
        """Read the tools; without `synonyms` a word is only like itself."""
        self._model, self._synonyms = model, synonyms
        texts = [_text(tool) for tool in tools]
        readings = model.read([text.sentence for text in texts])
        read = [
            self._tool(tool_of(text, Packed.of(reading)))
            for text, reading in zip(texts, readings, strict=True)
        ]
        self._index = ToolIndex([tool.name for tool in tools], read, shares)

    def search(self, query: str, k: int) -> list[int]:
        """Return the places of up to `k` tools, the best first."""
        return self._index.best(self._query(query), visible=None, count=k)

    def _tool(self, tool: ReadTool) -> ReadTool:
        return tool if self._synonyms else replace(tool, keys=frozenset(_literal(tool.keys)))

    def _query(self, text: str) -> ReadQuery:
        (reading,) = self._model.read([text])
        query = query_of(text, reading)
        if self._synonyms:
            return query
        return replace(query, units=tuple(one for unit in query.units if (one := _literal(unit))))


class PlainMiniLM:
    """A vector of each description, and the cosine."""

    def __init__(self, tools: Sequence[ListedTool], model: Embedder) -> None:
        """Embed the descriptions."""
        self._model = model
        self._vectors = model.embed([tool.description for tool in tools])

    def search(self, query: str, k: int) -> list[int]:
        """Return the places of up to `k` tools, the best first."""
        return _best(self._vectors @ self._model.embed([query])[0], k)


class Bm25:
    """Words."""

    def __init__(self, tools: Sequence[ListedTool]) -> None:
        """Index all of a tool's text."""
        self._ranking = rank_bm25.BM25Okapi([_stems(_text(tool).words) for tool in tools])

    def search(self, query: str, k: int) -> list[int]:
        """Return the places of up to `k` tools, the best first."""
        return _best(self._ranking.get_scores(_stems(query)), k)


def _text(tool: ListedTool) -> ToolText:
    return text_of(tool.name, tool.description, tool.schema)


def _best(scores: np.ndarray[tuple[int], np.dtype[np.floating]], k: int) -> list[int]:
    return [int(place) for place in np.argsort(-scores, kind="stable")[:k]]


def _stems(text: str) -> list[Key]:
    return [key for unit in units(text) for key in _literal(unit)]


def _literal(unit: Sequence[Key] | frozenset[Key]) -> Unit:
    return tuple(key for key in unit if isinstance(key, str))
