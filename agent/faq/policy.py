"""What may be said about a question, by how near the nearest entries are.

The only place with thresholds. They are scores of `faq.index` with all-MiniLM-L6-v2, and mean
nothing with another model. `docs/benchmarks.md` tells how they were chosen. A high score alone is
not enough to quote: a question that the FAQ does not answer is often near several entries at once,
and leads to none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from faq.entry import Hit

ANSWER_SCORE = 0.56
"""From here on the nearest entry answers the question, if it has a lead."""

ANSWER_LEAD = 0.05
"""How far the nearest entry must be ahead of the second."""

CERTAIN_SCORE = 0.68
"""From here on no lead is asked for."""

CLOSEST_SCORE = 0.33
"""From here on entries are worth showing, as what the FAQ has on the subject."""

CLOSEST_ENTRIES = 3


class Tier(StrEnum):
    """How sure we are."""

    ANSWER = "answer"
    CLOSEST = "closest"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """What to say, and the entries to say it with.

    ANSWER has one: quote it. CLOSEST has up to CLOSEST_ENTRIES: name them as what is nearest, and
    not as the answer. UNKNOWN has none: say that the FAQ does not know.
    """

    tier: Tier
    hits: tuple[Hit, ...] = ()


def decide(hits: Sequence[Hit]) -> Verdict:
    """Choose the tier for what a search found.

    Args:
        hits: the best first, CLOSEST_ENTRIES or more of them where the FAQ has so many. Whether
            the first has a lead cannot be seen without a second.
    """
    near = [hit for hit in hits if hit.score >= CLOSEST_SCORE]
    if not near:
        return Verdict(Tier.UNKNOWN)
    if _answers(hits):
        return Verdict(Tier.ANSWER, (hits[0],))
    return Verdict(Tier.CLOSEST, tuple(near[:CLOSEST_ENTRIES]))


def _answers(hits: Sequence[Hit]) -> bool:
    best = hits[0].score
    if best >= CERTAIN_SCORE:
        return True
    alone = len(hits) == 1 or best - hits[1].score >= ANSWER_LEAD
    return best >= ANSWER_SCORE and alone
