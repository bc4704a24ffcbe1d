"""Which words of a query the entries have, and how much those words tell.

A sentence vector sees the drift of a question and can overlook its one telling word: the product
that is not sold, the place that is not covered. A word counts by its inverse document frequency,
ln((n + 1) / (df + 0.5)) for one that is in `df` of `n` entries; so a word in none weighs most.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from assistant.offline.words import content, tokens
from minilm.weights import Floats

type Postings = Mapping[str, Sequence[int]]
"""For each key word the entries that have it, by their places, rising."""

_ENDING = re.compile(r"(?<=\w{3})(ing|ed|ly|ment|er|s)$")


def key_words(text: str) -> frozenset[str]:
    """Return a text's words that carry weight, without their endings."""
    return frozenset(_ENDING.sub("", word.stem) for word in content(tokens(text)))


def postings(texts: Sequence[str]) -> Postings:
    """Say for each key word in which texts it is."""
    found: dict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        for word in sorted(key_words(text)):
            found[word].append(place)
    return dict(sorted(found.items()))


def shared(query: str, by_word: Postings, count: int) -> Floats:
    """Return how much of a query's weight lies in words that each of `count` entries has, 0 to 1.

    A query without key words shares nothing.
    """
    words = key_words(query)
    weights = {word: _weight(len(by_word.get(word, ())), count) for word in words}
    found = np.zeros(count, dtype=np.float32)
    for word in sorted(words):
        found[list(by_word.get(word, ()))] += weights[word]
    return found / np.float32(sum(weights.values()) or 1)


def _weight(frequency: int, count: int) -> float:
    return math.log((count + 1) / (frequency + 0.5))
