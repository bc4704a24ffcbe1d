"""Words of a request that speak for a team, with plurals and slips of the finger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.offline.words import stem, tokens
from request_routing.teams import Team

MIN_SWAPPED, MIN_MISTYPED = 4, 6
"""Letters a word must have, so that two swapped ones, or one wrong one, still are that word."""

type Term = tuple[str, ...]
"""The stem of a word, or those of two that stand side by side."""


@dataclass(frozen=True)
class Heard:
    """A word of a team that a request has, as it is written there.

    `share` is 1 for a word of one team alone, and less the more teams have it.
    """

    team: int
    written: str
    share: float


class Vocabulary:
    """The words of all teams. Teams are known by their places."""

    def __init__(self, teams: Sequence[Team]) -> None:
        """Take the words: `on-call` is two that stand side by side."""
        owners: dict[Term, list[int]] = defaultdict(list)
        for place, team in enumerate(teams):
            for term in dict.fromkeys(map(_term, team.words)):
                owners[term].append(place)
        self._owners: Mapping[Term, Sequence[int]] = owners
        self._words = sorted({term[0] for term in owners if len(term) == 1})

    def heard(self, text: str) -> Iterator[Heard]:
        """Yield the words of teams in a text, each once for each of its teams."""
        words = [part for token in tokens(text) for part in _parts(token.text)]
        terms = [(self._meant(stem(word)),) for word in words]
        found: dict[Term, str] = dict(zip(terms, words, strict=True))
        for first, second in pairwise(words):
            found[stem(first), stem(second)] = f"{first} {second}"
        for term, written in found.items():
            owners = self._owners.get(term, ())
            for team in owners:
                yield Heard(team, written, 1 / len(owners))

    def _meant(self, word: str) -> str:
        """Return the team's word that a mistyped one stands for, or the word as it is."""
        if len(word) < MIN_SWAPPED or (word,) in self._owners:
            return word
        return next((known for known in self._words if _mistyped(word, known)), word)


def _term(word: str) -> Term:
    return tuple(stem(part) for part in _parts(word))


def _parts(word: str) -> list[str]:
    return [part for part in word.lower().split("-") if part]


def _mistyped(word: str, known: str) -> bool:
    """Whether one slip makes one of the other.

    A slip is two swapped neighbours, or one letter too many, too few or wrong; never the first.
    """
    if word[0] != known[0]:
        return False
    if len(word) == len(known):
        differ = [place for place in range(len(word)) if word[place] != known[place]]
        if len(differ) == 1:
            return len(word) >= MIN_MISTYPED
        return _swapped(word, known, differ)
    short, long = sorted((word, known), key=len)
    if len(long) < MIN_MISTYPED or len(long) - len(short) != 1:
        return False
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def _swapped(word: str, known: str, differ: Sequence[int]) -> bool:
    match differ:
        case [first, second] if second == first + 1 and len(known) >= MIN_SWAPPED:
            return word[first] == known[second] and word[second] == known[first]
        case _:
            return False
