"""Preferences: what a user says to like, to avoid or to want always, as JSON.

Content: `{"context", "preference", "categories"}` (Developer Guide, user preference strategy). The
context quotes; the preference restates in a word or two and the user's own.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known
from localcloud.agentcore.memory.extraction.sentences import (
    clauses,
    plain,
    sentences,
    shortened,
    words,
)

_OFTEN: Final = r"(?:(?:really|absolutely|always|usually|also|still|generally|much) )*"
FORMS: Final = (
    (r"my favou?rite (?P<what>.+?) (?:is|are) (?P<object>.+)", "Favourite {what}: {object}"),
    (r"i(?:'m| am) (?:an? )?(?P<object>vegetarian|vegan|pescatarian)\b", "Is {object}"),
    (r"i(?:'d| would) (?:rather|prefer)(?: to)? (?P<object>.+)", "Prefers {object}"),
    (rf"i {_OFTEN}prefer(?: to)? (?P<object>.+)", "Prefers {object}"),
    (rf"i (?:don't|do not|no longer|never) {_OFTEN}(?:like|love|enjoy|want) (?P<object>.+)",
     "Does not like {object}"),
    (rf"i {_OFTEN}(?:hate|dislike|detest|can't stand|cannot stand) (?P<object>.+)",
     "Does not like {object}"),
    (rf"i {_OFTEN}(?:like|enjoy) (?!your\b)(?P<object>.+)", "Likes {object}"),
    (rf"i {_OFTEN}love (?!your\b)(?P<object>.+)", "Loves {object}"),
    (r"please (?P<when>always|never) (?P<object>.+)", "Asks to {when} {object}"),
)  # fmt: skip
"""What expresses a preference, and how it is restated; the first that fits a sentence counts."""

CATEGORIES: Final = {
    "food": "food eat drink tea coffee vegetarian vegan pescatarian meal restaurant cuisine spicy",
    "travel": "travel hotel flight flights seat train trip window aisle beach hiking holiday",
    "communication": "email e-mail mail phone call calls contact reply answer answers chat message "
    "messages language english german french spanish",
    "technology": "python java software laptop phone dark mode editor app linux windows mac",
    "entertainment": "music film films movie movies book books game games reading jazz",
    "sport": "sport sports football tennis running cycling swimming yoga hiking",
    "shopping": "brand brands size colour color price cheap delivery shoes clothes buy",
    "work": "meeting meetings morning afternoon schedule report reports team remote office",
}
OTHER: Final = "general"

_FORMS: Final = tuple((re.compile(rf"\b{form}", re.IGNORECASE), said) for form, said in FORMS)
_REASON: Final = re.compile(r"\s*(?:,|;|\bbecause\b|\bsince\b|\bbut\b|\bso that\b)", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"^(?:the|a|an|to|it when)\s+", re.IGNORECASE)
_LATER: Final = re.compile(r"\s+(?:any ?more|now|a lot|very much|at all|though)$", re.IGNORECASE)


@dataclass(frozen=True)
class Preference:
    """A preference as restated, and what it is about."""

    said: str
    about: str


class Preferences:
    """The extractor of user preference strategies."""

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the preferences in the user's turns."""
        return [
            _finding(sentence, preference)
            for turn in heard.turns
            if turn.role == "USER"
            for sentence in sentences(turn.text)
            for clause in ([] if sentence.endswith("?") else clauses(sentence))
            if (preference := preference_in(clause)) is not None
        ]


def preference_in(clause: str) -> Preference | None:
    """Return the preference that words which ask nothing express, or None."""
    for form, said in _FORMS:
        if match := form.search(plain(clause)):
            parts = match.groupdict() | {"object": _object(match["object"])}
            if not parts["object"]:
                return None
            about = parts.get("what") or _ARTICLE.sub("", parts["object"])
            return Preference(said.format(**parts), about.lower())
    return None


def categories_of(text: str) -> list[str]:
    """Return what a preference belongs to, by its words; `general` if they say nothing."""
    said = set(words(text))
    found = [name for name, known in CATEGORIES.items() if not said.isdisjoint(known.split())]
    return found or [OTHER]


def _object(text: str) -> str:
    reason = _REASON.search(text)
    cut = text[: reason.start()] if reason else text
    return shortened(_LATER.sub("", cut.rstrip(".!? ")))


def _finding(sentence: str, preference: Preference) -> Finding:
    content = {
        "context": f'The user said: "{shortened(sentence)}"',
        "preference": preference.said,
        "categories": categories_of(sentence),
    }
    text = json.dumps(content, ensure_ascii=False)
    return Finding(text, preference.said, f"taste {preference.about}")
