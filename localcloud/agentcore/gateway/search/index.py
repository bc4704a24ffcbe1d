"""The ranking of one gateway's tools.

A tool's score is made of two likenesses to the query:

whole    the cosine of the two sentence vectors
tokens   for each token of the query the cosine to the nearest token of the tool, averaged by how
         much the query's token tells: a sentence's one telling word is not drowned by the others

How much a token tells is counted among the tools the caller may see and no others, so that the rest
have no part in what is found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from localcloud.agentcore.gateway.search.postings import Mask, Places, Postings, weight
from localcloud.agentcore.gateway.search.shelf import TOKEN_SCALE, Packed
from minilm.embedding import Reading

type Floats = npt.NDArray[np.float32]

SHORTLIST: Final = 64
"""Tools whose tokens are compared, the best by their vectors: a millisecond's worth."""


@dataclass(frozen=True)
class Shares:
    """How much each likeness counts. The model was taught with these."""

    whole: float = 1.5
    tokens: float = 1.0


class ToolIndex:
    """Tools in the order of their gateway."""

    def __init__(
        self, names: Sequence[str], tools: Sequence[Packed], shares: Shares | None = None
    ) -> None:
        """Take the tools' full names, and what the model read of each."""
        self._names = names
        self._tools = tools
        self._shares = shares or Shares()
        self._vectors: Floats = np.array([tool.vector for tool in tools], dtype=np.float32)
        self._tokens = Postings(tool.ids for tool in tools)

    def best(self, query: Reading, *, visible: frozenset[str] | None, count: int) -> list[int]:
        """Return the places of up to `count` tools, the best first.

        Args:
            query: what is looked for, as the model read it.
            visible: full names of the tools there are for this caller; None for all.
            count: how many.
        """
        mask = self._mask(visible)
        places = np.flatnonzero(mask)
        if not places.size:
            return []
        scores = self._shares.whole * (self._vectors[places] @ query.vector)
        first = _order(scores)[: max(count, SHORTLIST)]
        likeness = self._token_likeness(query, places[first], mask)
        final = scores[first] + self._shares.tokens * likeness
        return [int(place) for place in places[first[_order(final)[:count]]]]

    def _mask(self, visible: frozenset[str] | None) -> Mask:
        if visible is None:
            return np.ones(len(self._names), dtype=np.bool_)
        return np.array([name in visible for name in self._names], dtype=np.bool_)

    def _token_likeness(self, query: Reading, places: Places, mask: Mask) -> Floats:
        count = int(mask.sum())
        weights = np.array(
            [weight(self._tokens.among(id_, mask).size, count) for id_ in query.ids],
            dtype=np.float32,
        )
        if not weights.any():
            return np.zeros(places.size, dtype=np.float32)
        tokens = [self._tools[place].tokens for place in places]
        starts = np.cumsum([0, *(len(each) for each in tokens[:-1])])
        cosines = query.tokens @ (np.concatenate(tokens).astype(np.float32) * TOKEN_SCALE).T
        nearest = np.maximum.reduceat(cosines, starts, axis=1)
        likeness: Floats = weights @ nearest / weights.sum()
        return likeness


def _order(scores: Floats) -> Places:
    """Return places from the highest score down; of equal ones the first comes first."""
    return np.argsort(-scores, kind="stable")
