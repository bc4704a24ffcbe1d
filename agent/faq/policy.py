"""What may be said about a question, by how near the nearest entries are.

The only place with thresholds. They are cosines of all-MiniLM-L6-v2 and mean nothing with another
model; `benchmarks/faq` shows what they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from faq.entry import Hit

ANSWER_SCORE = 0.50
"""From here on the nearest entry answers the question."""

CLOSEST_SCORE = 0.30
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
    """Choose the tier for what a search found, its best hit first."""
    best = hits[0].score if hits else -1.0
    if best >= ANSWER_SCORE:
        return Verdict(Tier.ANSWER, (hits[0],))
    if best >= CLOSEST_SCORE:
        near = [hit for hit in hits[:CLOSEST_ENTRIES] if hit.score >= CLOSEST_SCORE]
        return Verdict(Tier.CLOSEST, tuple(near))
    return Verdict(Tier.UNKNOWN)
