"""Questions that only make sense after what was said before: "And how much does that cost?".

A follow-up is searched twice: as it stands, and put behind the topic before it. Either search
alone goes wrong: as it stands it fits every topic, and behind the topic it mostly finds the entry
that was just quoted. So an entry must be found by both, and what counts is the sum. An off-topic
question is found by one only, whatever the topic was.

"How much is it?" has nothing of its own to be found by. It is answered by what the topic finds,
and of that by the entries that tell the aspect it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.offline.words import STOPWORDS, content, overlap, straighten, tokens, word_set
from faq.entry import Entry, Hit
from faq.policy import CLOSEST_SCORE

_OPENINGS = re.compile(
    r"(and|or|but|also|so|then|what about|how about|what if|same|ok|okay|why|how come)\b"
)
_POINTING = word_set("it its that this those these them they their there one ones both then")

FEW_WORDS = 3
"""A question this short leaves something out."""


@dataclass(frozen=True)
class Aspect:
    """Something that can be asked of any topic.

    Attributes:
        asked: the words that ask for it.
        told: what an answer that tells it has in it.
    """

    asked: re.Pattern[str]
    told: re.Pattern[str]


_ASPECTS = (
    Aspect(
        re.compile(
            r"\b(?:how much(?:.*\bpay\b)?|have to pay|costs?|price[ds]?|free|charge[ds]?|fees?|"
            r"extra|additional|expensive|cheap|money|dollars?|included(?: in \w+ plans?)?|"
            r"(?:per|a|each|every) (?:day|week|month|year)|monthly)\b",
            re.IGNORECASE,
        ),
        re.compile(r"\$\d|\b(?:free|included|charge|costs?|fees?)\b", re.IGNORECASE),
    ),
    Aspect(
        re.compile(
            r"\b(?:how (?:long|soon|quickly|many days)|when|takes?|taken|days?|hours?|wait|last|"
            r"ready|done)\b",
            re.IGNORECASE,
        ),
        re.compile(r"\b(?:at once|minutes?|hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE),
    ),
)


def aspect_of(question: str) -> Aspect | None:
    """Return what a question asks for if it says nothing else: not of what it asks that."""
    said = straighten(question)
    for one in _ASPECTS:
        rest, found = one.asked.subn(" ", said)
        if found and not _weighty(rest):
            return one
    return None


def is_follow_up(question: str) -> bool:
    """Whether a question points back at something, or leaves out what it is about."""
    said = straighten(question).strip().lower()
    words = [one.text.lower() for one in tokens(said)]
    return (
        bool(_OPENINGS.match(said))
        or not _POINTING.isdisjoint(words)
        or 0 < len(words) <= FEW_WORDS
        or aspect_of(question) is not None
    )


def merge(
    question: str, topic: str, alone: Sequence[Hit], with_topic: Sequence[Hit]
) -> tuple[Hit, ...]:
    """Put the hits of both searches in order, the best first, each with its better score.

    Behind its own question an entry is near whatever is asked: that of the topic counts behind it
    only if it has the words of the question.

    Args:
        question: the follow-up as it was asked.
        topic: what it is put behind.
        alone: hits for the question as it stands.
        with_topic: hits for the question behind its topic.
    """
    as_it_stands = {hit.entry: hit.score for hit in alone}
    spoken = {hit.entry for hit in with_topic if _says(hit.entry, question)}
    behind = {
        hit.entry: hit.score
        for hit in with_topic
        if hit.entry.question != topic or hit.entry in spoken
    }
    as_it_stands |= dict.fromkeys(spoken - as_it_stands.keys(), CLOSEST_SCORE)
    return _ordered(as_it_stands, behind)


def telling(
    aspect: Aspect, topic: str, alone: Sequence[Hit], with_topic: Sequence[Hit]
) -> tuple[Hit, ...]:
    """Return the hits that tell an aspect of the topic, the best first.

    Args:
        aspect: all that the follow-up asks for.
        topic: what it asks that of.
        alone: hits for the follow-up as it stands; they only help to order the others.
        with_topic: hits for it behind its topic.
    """
    near = {hit.entry: hit.score for hit in with_topic if _shares(topic, hit.entry)}
    telling = {entry: score for entry, score in near.items() if aspect.told.search(entry.answer)}
    as_it_stands = {hit.entry: hit.score for hit in alone}
    found = {entry: as_it_stands.get(entry, CLOSEST_SCORE) for entry in telling}
    return _ordered(found, telling)


def _ordered(as_it_stands: dict[Entry, float], behind: dict[Entry, float]) -> tuple[Hit, ...]:
    def value(hit: Hit) -> float:
        return hit.score + behind.get(hit.entry, CLOSEST_SCORE)

    ordered = sorted((Hit(*one) for one in as_it_stands.items()), key=value, reverse=True)
    return tuple(
        Hit(hit.entry, max(hit.score, behind.get(hit.entry, hit.score))) for hit in ordered
    )


def _shares(topic: str, entry: Entry) -> bool:
    """Whether an entry has any weighty word of the topic."""
    return overlap(topic, " ".join(entry.texts)) > 0


def _says(entry: Entry, question: str) -> bool:
    """Whether an entry has every weighty word of the question: "And in the USA?"."""
    words = _weighty(question)
    return bool(words) and overlap(" ".join(words), f"{entry.question} {entry.answer}") == 1.0


def _weighty(text: str) -> list[str]:
    return [one.text for one in content(tokens(straighten(text))) if one.stem not in STOPWORDS]
