"""The FAISS index over the entries, and its two files.

Each entry has two vectors, next to each other: its question's, and that of question and answer
together. How near a query is to an entry is the mean of both: with the dev questions of
`benchmarks/faq` that finds the right entry more often than the nearer of the two, or either alone.

`entries.json` holds the entries as they were embedded, so the CSV file is not needed to answer, and
a checksum over them and `vectors.faiss`, so that builds cannot be mixed up, nor a text be changed
without its vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import faiss
import numpy as np

from faq.entry import Entry, Hit
from faq.errors import IndexUnreadable

if TYPE_CHECKING:
    from faq.weights import Floats

ENTRIES_FILE, VECTORS_FILE = "entries.json", "vectors.faiss"
VECTORS_AN_ENTRY = 2


class Embeds(Protocol):
    """What makes vectors out of texts."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one row of length 1 for each text."""


class FaqIndex:
    """Entries, and a FAISS `IndexFlatIP` with the vectors of entry `i` in rows `2i` and `2i+1`."""

    def __init__(self, entries: Sequence[Entry], vectors: faiss.IndexFlatIP) -> None:
        """Take what belongs together; see `build` and `load`."""
        self.entries = tuple(entries)
        self._vectors = vectors

    def nearest(self, vector: Floats, k: int) -> tuple[Hit, ...]:
        """Return the `k` entries nearest to a vector, (384,) of length 1, the best first."""
        total = self._vectors.ntotal
        scores, rows = self._vectors.search(vector[np.newaxis], total)
        by_row = np.empty(total, dtype=np.float32)
        by_row[rows[0]] = scores[0]
        means = by_row.reshape(-1, VECTORS_AN_ENTRY).mean(axis=1)
        best = np.argsort(-means, kind="stable")[: max(k, 0)]
        return tuple(Hit(self.entries[i], float(means[i])) for i in best)

    def save(self, folder: Path) -> None:
        """Write both files, making the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        data = faiss.serialize_index(self._vectors).tobytes()
        document = {
            "sha256": _checksum(self.entries, data),
            "entries": [asdict(entry) for entry in self.entries],
        }
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (folder / VECTORS_FILE).write_bytes(data)
        (folder / ENTRIES_FILE).write_text(text + "\n", encoding="utf-8")

    def vectors(self) -> Floats:
        """Return all vectors, (2 * entries, 384), in the order of the rows."""
        found: Floats = self._vectors.reconstruct_n(0, self._vectors.ntotal)
        return found


def build(entries: Sequence[Entry], embedder: Embeds) -> FaqIndex:
    """Embed every entry: a few seconds for some hundreds."""
    texts = [text for entry in entries for text in entry.texts]
    vectors = embedder.embed(texts)
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return FaqIndex(entries, index)


def load(folder: Path) -> FaqIndex:
    """Read an index that `FaqIndex.save` wrote.

    Raises:
        IndexUnreadable: a file is missing or damaged, or the two are not of one build.
    """
    try:
        document = json.loads((folder / ENTRIES_FILE).read_text(encoding="utf-8"))
        entries = [Entry(**one) for one in document["entries"]]
        expected = document["sha256"]
        data = (folder / VECTORS_FILE).read_bytes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnreadable(f"no index in {folder}: run faq.build_index ({error})") from error
    if _checksum(entries, data) != expected:
        raise IndexUnreadable(f"the files in {folder} are not of one build: run faq.build_index")
    vectors = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
    if not isinstance(vectors, faiss.IndexFlatIP):
        raise IndexUnreadable(f"{folder / VECTORS_FILE} is another kind of index")
    return FaqIndex(entries, vectors)


def _checksum(entries: Sequence[Entry], vectors: bytes) -> str:
    texts = json.dumps([asdict(entry) for entry in entries])
    return hashlib.sha256(vectors + texts.encode()).hexdigest()
