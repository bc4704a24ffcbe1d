"""How well a retriever finds the entry that answers, and leaves alone what no entry answers."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.faq.questions import Question
from benchmarks.faq.retrievers import Retriever
from faq.entry import Hit
from faq.policy import Tier, decide

DEPTH = 10
"""How far down MRR looks; beyond, a rank counts nothing."""


@dataclass(frozen=True)
class Found:
    """A question and what was found for it, DEPTH entries at most."""

    question: Question
    hits: tuple[Hit, ...]

    @property
    def rank(self) -> int | None:
        """The place of the right entry, from 1."""
        names = [hit.entry.question for hit in self.hits]
        return names.index(self.question.gold) + 1 if self.question.gold in names else None

    @property
    def best(self) -> float:
        """The score of the best hit."""
        return self.hits[0].score if self.hits else float("-inf")


@dataclass(frozen=True)
class Answers:
    """What the answer policy makes of a set of questions; shares of 0 to 1.

    A question is *quoted* when the policy answers it with an entry. One that the FAQ does not
    answer is *refused* when it is not quoted: then the customer is told that there is no answer,
    with or without entries named as what is nearest. It is *left alone* when none are named either.
    """

    quoted: float
    quoted_right: float
    shown: float
    refused: float
    left_alone: float


def ask(retriever: Retriever, questions: Sequence[Question], *, depth: int = DEPTH) -> list[Found]:
    """Ask every question."""
    return [Found(question, retriever.search(question.query, depth)) for question in questions]


def answerable(found: Sequence[Found]) -> list[Found]:
    """Keep the questions that an entry answers."""
    return [one for one in found if one.question.gold]


def unanswerable(found: Sequence[Found]) -> list[Found]:
    """Keep the questions that no entry answers."""
    return [one for one in found if not one.question.gold]


def hit_at(found: Sequence[Found], k: int) -> float:
    """Return the share of questions whose entry is among the first `k`."""
    return statistics.mean(one.rank is not None and one.rank <= k for one in found)


def mean_reciprocal_rank(found: Sequence[Found]) -> float:
    """Return the mean of 1/rank, 0 for what is not found."""
    return statistics.mean(1 / one.rank if one.rank else 0 for one in found)


def answers(found: Sequence[Found]) -> Answers:
    """Apply the product's policy."""
    known = [(one, decide(one.hits)) for one in answerable(found)]
    unknown = [decide(one.hits).tier for one in unanswerable(found)]
    quoted = [(one, verdict) for one, verdict in known if verdict.tier is Tier.ANSWER]
    shown = [
        one.question.gold in [hit.entry.question for hit in verdict.hits] for one, verdict in known
    ]
    return Answers(
        quoted=len(quoted) / len(known),
        quoted_right=statistics.mean(one.rank == 1 for one, _ in quoted),
        shown=statistics.mean(shown),
        refused=statistics.mean(tier is not Tier.ANSWER for tier in unknown),
        left_alone=statistics.mean(tier is Tier.UNKNOWN for tier in unknown),
    )


def refused_at(found: Sequence[Found], *, quoted: float) -> float:
    """Return the share of unanswerable questions below the score that quotes as many answerable.

    It is how retrievers compare that have no policy, or scores of another kind: each gets the
    threshold with which it would quote the share `quoted` of what the FAQ does answer.
    """
    scores = sorted((one.best for one in answerable(found)), reverse=True)
    threshold = scores[max(round(quoted * len(scores)), 1) - 1]
    return statistics.mean(one.best < threshold for one in unanswerable(found))
