"""Which tools have a token, and how much it tells."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

type Places = npt.NDArray[np.intp]
type Mask = npt.NDArray[np.bool_]

_NOWHERE: Places = np.empty(0, dtype=np.intp)


class Postings:
    """For each token the texts that have it."""

    def __init__(self, texts: Iterable[Iterable[int]]) -> None:
        """Take the tokens of each text, by their ids."""
        found: dict[int, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            for id_ in frozenset(text):
                found[id_].append(place)
        self._places: Mapping[int, Places] = {id_: np.array(at) for id_, at in found.items()}

    def among(self, id_: int, mask: Mask) -> Places:
        """Return the places of those texts in `mask` that have a token."""
        places = self._places.get(id_, _NOWHERE)
        kept: Places = places[mask[places]]
        return kept


def weight(having: int, count: int) -> float:
    """Return the inverse document frequency of what `having` of `count` texts have.

    ln((count + 1) / (having + 1/2)): what is in no text weighs most, and what is in all nothing.
    """
    return max(math.log((count + 1) / (having + 0.5)), 0.0)
