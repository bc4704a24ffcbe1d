"""What the agent knows: search the built index for a question."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from faq import index
from faq.entry import Hit
from faq.index import Embeds, FaqIndex
from minilm.embedding import Embedder

INDEX_FOLDER = Path(__file__).parent / "data" / "index"
"""The index that ships with the agent."""


class Knowledge:
    """An index, and the embedder its vectors were made with."""

    def __init__(self, entries: FaqIndex, embedder: Embeds) -> None:
        """Take what searches and what embeds."""
        self._index = entries
        self._embedder = embedder

    @classmethod
    def read(cls, folder: Path = INDEX_FOLDER) -> Knowledge:
        """Read a built index; the model's weights follow with the first search.

        Raises:
            IndexUnreadable: there is no usable index in the folder.
        """
        return cls(index.load(folder), Embedder())

    def search(self, query: str, k: int = 3) -> tuple[Hit, ...]:
        """Return up to `k` different entries, the best first; none for a blank query.

        Raises:
            WeightsUnreadable: the embedding model is missing or another one.
        """
        if not query.strip() or k < 1:
            return ()
        return self._index.nearest(query, self._embedder.embed([query])[0], k)


@cache
def shipped() -> Knowledge:
    """Return the knowledge that ships with the agent, read once a process.

    Raises:
        IndexUnreadable: the package is incomplete.
    """
    return Knowledge.read()
