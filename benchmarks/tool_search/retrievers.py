"""Ours, with and without its parts, and what it is measured against, all over the same tools.

*BM25* is rank_bm25's Okapi with its defaults, over name, description and parameters, without stop
words and in the singular. *Plain MiniLM* is the same sentence model over the description.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import rank_bm25  # type: ignore[import-untyped]

from assistant.offline.words import content, tokens
from benchmarks.tool_search.sets import ListedTool
from localcloud.agentcore.gateway.search.index import Shares, ToolIndex
from localcloud.agentcore.gateway.search.shelf import Packed
from localcloud.agentcore.gateway.search.texts import sentence_of, spaced
from minilm.embedding import Embedder


class Retriever(Protocol):
    """Finds tools."""

    def search(self, query: str, k: int) -> list[int]:
        """Return the places of up to `k` tools, the best first."""


class Ours:
    """The gateway's index."""

    def __init__(
        self, tools: Sequence[ListedTool], model: Embedder, shares: Shares | None = None
    ) -> None:
        """Read the tools."""
        self._model = model
        read = model.read([_sentence(tool) for tool in tools])
        self._index = ToolIndex([tool.name for tool in tools], [*map(Packed.of, read)], shares)

    def search(self, query: str, k: int) -> list[int]:
        """Return the places of up to `k` tools, the best first."""
        (reading,) = self._model.read([query])
        return self._index.best(reading, visible=None, count=k)


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
        self._ranking = rank_bm25.BM25Okapi([_stems(_words(tool)) for tool in tools])

    def search(self, query: str, k: int) -> list[int]:
        """Return the places of up to `k` tools, the best first."""
        return _best(self._ranking.get_scores(_stems(query)), k)


def _sentence(tool: ListedTool) -> str:
    return sentence_of(tool.name, tool.description)


def _words(tool: ListedTool) -> str:
    return " ".join([_sentence(tool), *map(spaced, tool.schema.get("properties", {}))])


def _best(scores: np.ndarray[tuple[int], np.dtype[np.floating]], k: int) -> list[int]:
    return [int(place) for place in np.argsort(-scores, kind="stable")[:k]]


def _stems(text: str) -> list[str]:
    return [one.stem for one in content(tokens(text))]
