"""Questions that only make sense after what was said before: "And how much does that cost?".

A follow-up is searched twice: as it stands, and put behind the topic before it. Either search
alone goes wrong: as it stands it fits every topic, and behind the topic it mostly finds the entry
that was just quoted. So an entry must be found by both, and what counts is the sum. An off-topic
question is found by one only, whatever the topic was.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.offline.words import overlap, straighten, tokens, word_set
from faq.entry import Hit
from faq.policy import CLOSEST_SCORE

_OPENINGS = re.compile(
    r"(and|or|but|also|so|then|what about|how about|what if|same|ok|okay|why|how come)\b"
)
_POINTING = word_set("it its that this those these them they their there one ones both then")

FEW_WORDS = 3
"""A question this short leaves something out."""


def is_follow_up(question: str) -> bool:
    """Whether a question points back at something, or leaves out what it is about."""
    said = straighten(question).strip().lower()
    words = [one.text.lower() for one in tokens(said)]
    return (
        bool(_OPENINGS.match(said))
        or not _POINTING.isdisjoint(words)
        or 0 < len(words) <= FEW_WORDS
    )


def merge(question: str, alone: Sequence[Hit], with_topic: Sequence[Hit]) -> tuple[Hit, ...]:
    """Put the hits of both searches in order, the best first, each with its better score.

    Args:
        question: the follow-up as it was asked.
        alone: hits for the question as it stands.
        with_topic: hits for the question behind its topic.
    """
    as_it_stands = {hit.entry: hit.score for hit in alone}
    behind = {hit.entry: hit.score for hit in with_topic}
    spoken = [hit for hit in with_topic if hit.entry not in as_it_stands and _says(hit, question)]
    as_it_stands |= {hit.entry: CLOSEST_SCORE for hit in spoken}

    def value(hit: Hit) -> float:
        return hit.score + behind.get(hit.entry, CLOSEST_SCORE)

    ordered = sorted((Hit(*one) for one in as_it_stands.items()), key=value, reverse=True)
    return tuple(
        Hit(hit.entry, max(hit.score, behind.get(hit.entry, hit.score))) for hit in ordered
    )


def _says(hit: Hit, question: str) -> bool:
    """Whether an entry has every weighty word of the question: "And in the USA?"."""
    return overlap(question, f"{hit.entry.question} {hit.entry.answer}") == 1.0
