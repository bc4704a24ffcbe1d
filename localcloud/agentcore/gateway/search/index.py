"""The ranking of one gateway's tools.

A tool's score is made of likenesses to the query:

whole    the cosine of the two sentence vectors
tokens   for each token of the query the cosine to the nearest token of the tool, averaged by how
         much the query's token tells: a sentence's one telling word is not drowned by the others
words    how much of the query's weight lies in words that the tool has, by that or another name
kind     1 if the query asks and the tool reads, or neither

docs/benchmarks.md tells how they were put together. How much a word tells is counted among the
tools the caller may see and no others, so that the rest have no part in what is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from localcloud.agentcore.gateway.search.postings import Mask, Places, Postings, weight
from localcloud.agentcore.gateway.search.reading import ReadQuery, ReadTool
from localcloud.agentcore.gateway.search.shelf import TOKEN_SCALE
from localcloud.agentcore.gateway.search.words import Key, Unit
from minilm.embedding import Reading

type Floats = npt.NDArray[np.float32]

SHORTLIST: Final = 64
"""Tools whose tokens are compared, the best by the other likenesses: a millisecond's worth."""

UNKNOWN: Final = 0.7
"""What a word that no tool has weighs, as a part of what the formula gives it."""


@dataclass(frozen=True)
class Shares:
    """How much each likeness counts."""

    whole: float = 1.5
    tokens: float = 1.0
    words: float = 0.2
    kind: float = 0.2


class ToolIndex:
    """Tools in the order of their gateway."""

    def __init__(
        self, names: Sequence[str], tools: Sequence[ReadTool], shares: Shares | None = None
    ) -> None:
        """Take the tools' full names, and the tools, read."""
        self._names = names
        self._tools = tools
        self._shares = shares or Shares()
        self._vectors: Floats = np.array([tool.packed.vector for tool in tools], dtype=np.float32)
        self._reads = np.array([tool.reads for tool in tools], dtype=np.bool_)
        self._words: Postings[Key] = Postings(tool.keys for tool in tools)
        self._tokens: Postings[int] = Postings(tool.packed.ids for tool in tools)

    def best(self, query: ReadQuery, *, visible: frozenset[str] | None, count: int) -> list[int]:
        """Return the places of up to `count` tools, the best first.

        Args:
            query: what is looked for.
            visible: full names of the tools there are for this caller; None for all.
            count: how many.
        """
        mask = self._mask(visible)
        places = np.flatnonzero(mask)
        if not places.size:
            return []
        scores = self._shares.whole * (self._vectors[places] @ query.reading.vector)
        scores += self._shares.words * self._word_likeness(query.units, mask)[places]
        scores += self._shares.kind * (self._reads[places] == query.asks)
        first = _order(scores)[: max(count, SHORTLIST)]
        likeness = self._token_likeness(query.reading, places[first], mask)
        final = scores[first] + self._shares.tokens * likeness
        return [int(place) for place in places[first[_order(final)[:count]]]]

    def _mask(self, visible: frozenset[str] | None) -> Mask:
        if visible is None:
            return np.ones(len(self._names), dtype=np.bool_)
        return np.array([name in visible for name in self._names], dtype=np.bool_)

    def _word_likeness(self, units: Sequence[Unit], mask: Mask) -> Floats:
        count = int(mask.sum())
        total = 0.0
        shared = np.zeros(mask.size, dtype=np.float32)
        for unit in units:
            having = {key: self._words.among(key, mask) for key in unit}
            weights = {key: weight(at.size, count) for key, at in having.items() if at.size}
            total += max(weights.values(), default=UNKNOWN * weight(0, count))
            shared += _by_best_key(weights, having, mask.size)
        return shared / np.float32(total or 1)

    def _token_likeness(self, reading: Reading, places: Places, mask: Mask) -> Floats:
        count = int(mask.sum())
        weights = np.array(
            [weight(self._tokens.among(id_, mask).size, count) for id_ in reading.ids],
            dtype=np.float32,
        )
        if not weights.any():
            return np.zeros(places.size, dtype=np.float32)
        tokens = [self._tools[place].packed.tokens for place in places]
        starts = np.cumsum([0, *(len(each) for each in tokens[:-1])])
        cosines = reading.tokens @ (np.concatenate(tokens).astype(np.float32) * TOKEN_SCALE).T
        nearest = np.maximum.reduceat(cosines, starts, axis=1)
        likeness: Floats = weights @ nearest / weights.sum()
        return likeness


def _by_best_key(weights: dict[Key, float], having: dict[Key, Places], size: int) -> Floats:
    """Give each tool the weight of the heaviest of a word's keys that it has."""
    best = np.zeros(size, dtype=np.float32)
    for key, one in sorted(weights.items(), key=lambda item: item[1]):
        best[having[key]] = one
    return best


def _order(scores: Floats) -> Places:
    """Return places from the highest score down; of equal ones the first comes first."""
    return np.argsort(-scores, kind="stable")
