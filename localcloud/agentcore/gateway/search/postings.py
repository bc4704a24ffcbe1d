"""Which tools have a word, and how much it tells."""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

import numpy as np
import numpy.typing as npt

type Places = npt.NDArray[np.intp]
type Mask = npt.NDArray[np.bool_]

_NOWHERE: Places = np.empty(0, dtype=np.intp)


class Postings[K: Hashable]:
    """For each word, or whatever texts are made of, the texts that have it."""

    def __init__(self, texts: Iterable[Iterable[K]]) -> None:
        """Take what each text has."""
        found: dict[K, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            for key in frozenset(text):
                found[key].append(place)
        self._places: Mapping[K, Places] = {key: np.array(at) for key, at in found.items()}

    def among(self, key: K, mask: Mask) -> Places:
        """Return the places of those texts in `mask` that have `key`."""
        places = self._places.get(key, _NOWHERE)
        kept: Places = places[mask[places]]
        return kept


def weight(having: int, count: int) -> float:
    """Return the inverse document frequency of what `having` of `count` texts have.

    ln((count + 1) / (having + 1/2)): what is in no text weighs most, and what is in all nothing.
    """
    return max(math.log((count + 1) / (having + 0.5)), 0.0)
