"""The vectors of one memory's records, compared with a query's by one product of matrices."""

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from minilm.weights import WIDTH, Floats

FIRST_ROWS: Final = 64
"""Rows there is room for at first; room doubles when it is used up."""

DENSE: Final = 4
"""A query on more than one in so many rows multiplies all of them: gathering rows costs more."""

FEW: Final = 128
"""Of the best records that are put in order first: somewhat more than a search may find."""

type Shelf = tuple[str | None, str | None]
"""Namespace and strategy of a record."""


class Index:
    """Rows of vectors, each of length 1, with the record and the shelf each belongs to."""

    def __init__(self) -> None:
        """Begin without rows."""
        self._vectors: Floats = np.empty((FIRST_ROWS, WIDTH), dtype=np.float32)
        self._shelf_of = np.zeros(FIRST_ROWS, dtype=np.int32)
        self._ids: list[str] = []
        self._rows: dict[str, int] = {}
        self._shelves: dict[Shelf, int] = {}

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self._ids)

    def put(self, record_id: str, shelf: Shelf, vector: Floats | None) -> None:
        """Add a record, or give one that is there another shelf and, unless it is None, vector."""
        row = self._rows.get(record_id)
        if row is None:
            row = self._new_row(record_id)
        if vector is not None:
            self._vectors[row] = vector
        self._shelf_of[row] = self._shelves.setdefault(shelf, len(self._shelves))

    def drop(self, record_id: str) -> None:
        """Forget a record; the last one takes its row."""
        row = self._rows.pop(record_id, None)
        if row is None:
            return
        last = len(self._ids) - 1
        moved = self._ids.pop()
        if row != last:
            self._ids[row] = moved
            self._rows[moved] = row
            self._vectors[row] = self._vectors[last]
            self._shelf_of[row] = self._shelf_of[last]

    def nearest(
        self, query: Floats, wanted: Callable[[str | None, str | None], bool]
    ) -> Iterator[tuple[str, float]]:
        """Yield records on the wanted shelves with their cosine, best first.

        Take what you need before the index changes.
        """
        count = len(self._ids)
        meant = np.array([wanted(*shelf) for shelf in self._shelves], dtype=bool)
        rows = np.flatnonzero(meant[self._shelf_of[:count]])
        if rows.size * DENSE > count:
            scores = (self._vectors[:count] @ query)[rows]
        else:
            scores = self._vectors[rows] @ query
        for place in _best_first(scores):
            yield self._ids[rows[place]], float(scores[place])

    def _new_row(self, record_id: str) -> int:
        row = len(self._ids)
        if row == len(self._vectors):
            self._vectors = np.concatenate([self._vectors, np.empty_like(self._vectors)])
            self._shelf_of = np.concatenate([self._shelf_of, np.zeros_like(self._shelf_of)])
        self._ids.append(record_id)
        self._rows[record_id] = row
        return row


def _best_first(scores: Floats) -> Iterator[int]:
    """Yield the places of scores, the highest first: few are asked for, so few are sorted."""
    if scores.size > FEW:
        few = np.argpartition(-scores, FEW)
        first, rest = few[:FEW], few[FEW:]
        yield from first[np.argsort(-scores[first], kind="stable")]
        yield from rest[np.argsort(-scores[rest], kind="stable")]
    else:
        yield from np.argsort(-scores, kind="stable")
