"""The FAISS index over the entries, and its two files.

Customers word a question in many ways, so each wording of an entry has a vector of its own; two
more are of the entry as a whole: that of all its text, and the middle of its wordings. A query's
score with an entry is, to nine tenths, the mean of three cosines: to the nearest wording and to
those two. The nearest wording alone finds the right entry about as often, and is more easily near
by chance. The last tenth is the share of the query's key words that the entry has
(`faq.keywords`). `docs/benchmarks.md` tells how this was chosen.

`entries.json` holds the entries as they were embedded and their key words, so the CSV file is not
needed to answer, and a checksum over them and `vectors.faiss`, so that builds cannot be mixed up,
nor a text be changed without its vectors.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import faiss
import numpy as np

from faq.entry import Entry, Hit
from faq.errors import IndexUnreadable
from faq.keywords import Postings, postings, shared

if TYPE_CHECKING:
    from minilm.weights import Floats

ENTRIES_FILE, VECTORS_FILE = "entries.json", "vectors.faiss"
WHOLE_VECTORS = 2
"""Vectors of an entry as a whole, behind those of its wordings."""

KEY_WORDS_SHARE = np.float32(0.1)
"""What part of a score words make; the rest is cosines."""


class Embeds(Protocol):
    """What makes vectors out of texts."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one row of length 1 for each text."""


class FaqIndex:
    """Entries, their key words, and a FAISS `IndexFlatIP` with each entry's vectors in turn.

    An entry has a row for each wording, one for its whole text, and one for the middle.
    """

    def __init__(
        self, entries: Sequence[Entry], by_word: Postings, vectors: faiss.IndexFlatIP
    ) -> None:
        """Take what belongs together; see `build` and `load`."""
        self.entries = tuple(entries)
        self.by_word = by_word
        self._vectors = vectors
        lengths = [len(entry.wordings) + WHOLE_VECTORS for entry in self.entries]
        self._ends = np.cumsum(lengths)
        self._starts = self._ends - lengths

    def nearest(self, query: str, vector: Floats, k: int) -> tuple[Hit, ...]:
        """Return the `k` entries nearest to a query, the best first.

        Args:
            query: its text, for its key words.
            vector: its embedding, (384,) of length 1.
            k: how many; none if below 1.
        """
        words = shared(query, self.by_word, len(self.entries))
        scores = KEY_WORDS_SHARE * words + (1 - KEY_WORDS_SHARE) * self._cosines(vector)
        best = np.argsort(-scores, kind="stable")[: max(k, 0)]
        return tuple(Hit(self.entries[i], float(scores[i])) for i in best)

    def _cosines(self, vector: Floats) -> Floats:
        total = self._vectors.ntotal
        found, rows = self._vectors.search(vector[np.newaxis], total)
        by_row = np.empty(total, dtype=np.float32)
        by_row[rows[0]] = found[0]
        whole, middle = by_row[self._ends - 2], by_row[self._ends - 1]
        by_row[self._ends - 2] = by_row[self._ends - 1] = -1
        wording = np.maximum.reduceat(by_row, self._starts)
        mean: Floats = np.mean([wording, whole, middle], axis=0, dtype=np.float32)
        return mean

    def save(self, folder: Path) -> None:
        """Write both files, making the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        data = faiss.serialize_index(self._vectors).tobytes()
        document = {
            "sha256": _checksum(self.entries, self.by_word, data),
            "entries": [asdict(entry) for entry in self.entries],
            "words": self.by_word,
        }
        text = json.dumps(document, ensure_ascii=False, indent=1)
        (folder / VECTORS_FILE).write_bytes(data)
        (folder / ENTRIES_FILE).write_text(text + "\n", encoding="utf-8")

    def vectors(self) -> Floats:
        """Return all vectors, (rows, 384), in the order of the rows."""
        found: Floats = self._vectors.reconstruct_n(0, self._vectors.ntotal)
        return found


def build(entries: Sequence[Entry], embedder: Embeds) -> FaqIndex:
    """Embed every entry: some ten seconds for some thousand wordings."""
    vectors = embedder.embed([text for entry in entries for text in entry.texts])
    starts = np.cumsum([0, *(len(entry.texts) for entry in entries)])
    blocks = [_with_middle(vectors[a:b]) for a, b in pairwise(starts)]
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(np.concatenate(blocks))
    return FaqIndex(entries, postings([" ".join(entry.texts) for entry in entries]), index)


def _with_middle(vectors: Floats) -> Floats:
    """Put the middle of an entry's wordings behind its vectors, the last of which is no wording."""
    middle = vectors[:-1].sum(axis=0)
    return np.vstack([vectors, middle / np.linalg.norm(middle)])


def load(folder: Path) -> FaqIndex:
    """Read an index that `FaqIndex.save` wrote.

    Raises:
        IndexUnreadable: a file is missing or damaged, or the two are not of one build.
    """
    try:
        document = json.loads((folder / ENTRIES_FILE).read_text(encoding="utf-8"))
        entries = [Entry(**one) for one in document["entries"]]
        by_word = dict(document["words"])
        expected = document["sha256"]
        data = (folder / VECTORS_FILE).read_bytes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexUnreadable(f"no index in {folder}: run faq.build_index ({error})") from error
    if _checksum(entries, by_word, data) != expected:
        raise IndexUnreadable(f"the files in {folder} are not of one build: run faq.build_index")
    vectors = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
    if not isinstance(vectors, faiss.IndexFlatIP):
        raise IndexUnreadable(f"{folder / VECTORS_FILE} is another kind of index")
    return FaqIndex(entries, by_word, vectors)


def _checksum(entries: Sequence[Entry], by_word: Postings, vectors: bytes) -> str:
    texts = json.dumps([[asdict(entry) for entry in entries], by_word])
    return hashlib.sha256(vectors + texts.encode()).hexdigest()
