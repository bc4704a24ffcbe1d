"""Choose a team without a network: phrases that a request is like, and words that it has.

A sentence vector sees the drift of a request and can overlook the one telling word; words alone
send "the sales page is down" to sales. Both are added up, and softmax makes confidences of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from minilm.embedding import Embedder
from minilm.weights import Floats
from request_routing.classifier import DEFAULT_AGENT, Choice
from request_routing.likeness import Likeness
from request_routing.teams import NOBODY, Team, read_teams, read_vectors
from request_routing.vocabulary import Heard, Vocabulary

SHARPNESS = 8.0
"""With it confidences are on average what comes true (`docs/benchmarks.md`)."""

SHOWN_PHRASES, SHOWN_WORDS = 2, 4
MIN_ADDED = 0.02
"""Phrases that add less are no evidence to show."""


@dataclass(frozen=True)
class Shares:
    """What counts how much towards a team's score.

    Attributes:
        phrases: what the phrases say is multiplied with it.
        words: what words add at most. One is enough for all of it: long requests have many.
    """

    phrases: float = 1.0
    words: float = 0.2


@dataclass(frozen=True)
class _Known:
    """What is read once."""

    teams: Sequence[Team]
    phrases: Sequence[str]
    likeness: Likeness
    vocabulary: Vocabulary


class OfflineClassifier:
    """Chooses by phrases and words. It may be shared between threads."""

    def __init__(self, embedder: Embedder | None = None, shares: Shares | None = None) -> None:
        """Take what embeds prompts, and what counts how much; nothing is read yet."""
        self._embedder = embedder or Embedder()
        self._shares = shares or Shares()

    def classify(self, prompt: str) -> Choice:
        """Return the likeliest team.

        Raises:
            TeamsUnreadable: the package is incomplete.
            WeightsUnreadable: the embedding model is.
        """
        known = self._known
        added = known.likeness.added(self._embedder.embed([prompt]))
        heard = list(known.vocabulary.heard(prompt))
        said = self._shares.words * _said(heard, len(known.teams))
        likely = _likely(self._shares.phrases * added.sum(axis=0) + said)
        best = int(likely.argmax())
        evidence = _evidence(known, best, added, heard)
        return _choice(known.teams, likely, best, evidence)

    @cached_property
    def _known(self) -> _Known:
        teams = read_teams()
        owners = [place for place, team in enumerate(teams) for _ in team.phrases]
        phrases = [phrase for team in teams for phrase in team.phrases]
        likeness = Likeness(read_vectors(teams), owners, len(teams))
        return _Known(teams, phrases, likeness, Vocabulary(teams))


def _said(heard: Sequence[Heard], teams: int) -> Floats:
    """Return how much words speak for each team, 0 to 1."""
    said = np.zeros(teams, dtype=np.float32)
    for one in heard:
        said[one.team] += one.share
    return np.minimum(said, 1)


def _likely(scores: Floats) -> Floats:
    raised = np.exp(SHARPNESS * (scores - scores.max()))
    found: Floats = raised / raised.sum()
    return found


def _evidence(
    known: _Known, best: int, added: Floats, heard: Sequence[Heard]
) -> tuple[list[str], list[str]]:
    """Return the words and the phrases that speak most for a team."""
    words = list(dict.fromkeys(one.written for one in heard if one.team == best))[:SHOWN_WORDS]
    order = np.argsort(-added[:, best], kind="stable")[:SHOWN_PHRASES]
    return words, [known.phrases[one] for one in order if added[one, best] >= MIN_ADDED]


def _choice(
    teams: Sequence[Team], likely: Floats, best: int, evidence: tuple[list[str], list[str]]
) -> Choice:
    words, phrases = evidence
    team = teams[best]
    if team.name == NOBODY:
        default = next(place for place, one in enumerate(teams) if one.name == DEFAULT_AGENT)
        why = f"It names nothing that a team is for{_because([], phrases)}."
        return Choice(DEFAULT_AGENT, float(likely[default]), why, tuple(phrases))
    why = f"It is about {team.does}{_because(words, phrases)}."
    return Choice(team.name, float(likely[best]), why, (*words, *phrases))


def _because(words: Sequence[str], phrases: Sequence[str]) -> str:
    says = [f"it says {_quoted(words)}"] if words else []
    like = [f"it is like {_quoted(phrases)}"] if phrases else []
    return f": {' and '.join([*says, *like])}" if says or like else ""


def _quoted(texts: Sequence[str]) -> str:
    return " and ".join(f'"{text}"' for text in texts)
