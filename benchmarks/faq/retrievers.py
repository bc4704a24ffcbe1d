"""Ours, and what it is measured against, all over the same entries.

*BM25* is rank_bm25's Okapi with its defaults over all of an entry's text, without stop words and
with endings cut off. *The plain design* is that of most examples of such an agent: each entry is
one text with the names of its columns, cut into chunks of 500 characters, each a vector of the same
model; the nearest three are used, whatever they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

import faiss
import numpy as np
import rank_bm25  # type: ignore[import-untyped]

from assistant.offline.words import content, tokens
from faq.entry import Entry, Hit
from faq.index import FaqIndex
from minilm.embedding import Embedder

CHUNK_CHARACTERS = 500
_ENDING = re.compile(r"(?<=\w{3})(ing|ed|ly|ment|er)$")


class Retriever(Protocol):
    """Finds entries."""

    def search(self, query: str, k: int) -> tuple[Hit, ...]:
        """Return up to `k` entries, the best first."""


class Ours:
    """The product's index."""

    def __init__(self, index: FaqIndex, embedder: Embedder) -> None:
        """Take an index and what embeds queries for it."""
        self._index, self._embedder = index, embedder

    def search(self, query: str, k: int) -> tuple[Hit, ...]:
        """Return up to `k` entries, the best first."""
        return self._index.nearest(query, self._embedder.embed([query])[0], k)


class Bm25:
    """Words."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        """Index whole entries."""
        self._entries = entries
        self._ranking = rank_bm25.BM25Okapi([_stems(_whole(entry)) for entry in entries])

    def search(self, query: str, k: int) -> tuple[Hit, ...]:
        """Return up to `k` entries, the best first."""
        scores = self._ranking.get_scores(_stems(query))
        best = np.argsort(-scores, kind="stable")[:k]
        return tuple(Hit(self._entries[i], float(scores[i])) for i in best)


class Chunks:
    """The plain design."""

    def __init__(self, entries: Sequence[Entry], embedder: Embedder) -> None:
        """Embed every chunk of every entry."""
        self._embedder = embedder
        parts = [(entry, text) for entry in entries for text in _chunks(_document(entry))]
        self._owners = [entry for entry, _ in parts]
        self._vectors = faiss.IndexFlatIP(384)
        self._vectors.add(embedder.embed([text for _, text in parts]))

    def search(self, query: str, k: int) -> tuple[Hit, ...]:
        """Return the entries of the nearest `k` chunks, the best first."""
        scores, rows = self._vectors.search(self._embedder.embed([query]), k)
        found: dict[Entry, float] = {}
        for score, row in zip(scores[0].tolist(), rows[0].tolist(), strict=True):
            found.setdefault(self._owners[row], score)
        return tuple(Hit(entry, score) for entry, score in found.items())


def _stems(text: str) -> list[str]:
    return [_ENDING.sub("", word.stem) for word in content(tokens(text))]


def _whole(entry: Entry) -> str:
    return f"{entry.question} {entry.answer} {entry.search_as}"


def _document(entry: Entry) -> str:
    """Write an entry as LangChain's CSVLoader does: a line for each column, with its name."""
    columns = {"question": entry.question, "answer": entry.answer, "search_as": entry.search_as}
    return "\n".join(f"{name}: {text}" for name, text in columns.items() if text)


def _chunks(document: str) -> Iterator[str]:
    """Put lines together up to CHUNK_CHARACTERS, as a recursive splitter without overlap does."""
    chunk = ""
    for line in document.split("\n"):
        joined = f"{chunk}\n{line}" if chunk else line
        if len(joined) <= CHUNK_CHARACTERS:
            chunk = joined
            continue
        yield chunk
        chunk = line
    yield chunk
