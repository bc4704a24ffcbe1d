"""Facts: what a user states of themselves or of the matter, quoted sentence by sentence.

A statement is in the first person, or holds a number or a name. Questions, wishes to be told and
courtesies are none. Some things a person has but one of, such as a home: a later statement of them
takes the earlier one's place.
"""

import re
from collections.abc import Sequence
from typing import Final

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known
from localcloud.agentcore.memory.extraction.sentences import (
    clauses,
    plain,
    sentences,
    shortened,
    words,
)

MIN_WORDS: Final = 3
"""Fewer say nothing that could be known later."""

NOT_A_STATEMENT: Final = re.compile(
    r"(?:what|when|where|which|who|why|how|can|could|would|will|should|do|does|did|is|are|was|were"
    r"|please|thanks|thank|hello|hi|hey|tell|show|give|help|let|explain)\b"
    r"|i (?:have a question|was wondering|wonder|would like to (?:know|ask)|want to (?:know|ask))\b"
    r"|i'd like to (?:know|ask)\b",
    re.IGNORECASE,
)
FIRST_PERSON: Final = frozenset(
    ("i", "i'm", "i've", "i'd", "i'll", "my", "mine", "we", "we're", "we've", "our", "ours")
)
NAMED: Final = re.compile(r"\d|(?<=[a-z,;:] )[A-Z][a-z]+")
"""A number, or a word with a capital that does not begin the sentence."""

HAD_BUT_ONCE: Final = (
    "name|email|e-mail|email address|phone|phone number|address|birthday|age|employer|job|job title"
    "|role|plan|budget|time zone|timezone|language|city|country|nationality"
)
SLOTS: Final = (
    (r"my ((?:\w+ )?(?:" + HAD_BUT_ONCE + r")) (?:is|(?:has |was )?changed to)\b", ""),
    (r"(?:call me|i am called|i'm called) (?-i:[A-Z])", "name"),
    (r"i(?:'ve| have| am|'m)?(?: just| now| recently)? (?:live|living|moved|relocated) (?:back )?"
     r"(?:in|to) (?:the )?(?-i:[A-Z])", "home"),
    (r"i(?:'ve| have| am|'m)?(?: just| now| recently)? (?:work|working|joined|employed)"
     r"(?: at| for| by| with)? (?-i:[A-Z])", "employer"),
    (r"i(?:'m| am) \d+ years old", "age"),
    (r"(?:i'm|i am|we're|we are) (?:now )?on the \w+ plan", "plan"),
    (r"(?:i|we)(?:'ve| have)? (?:upgraded|switched|moved|downgraded) to the \w+ plan", "plan"),
)  # fmt: skip
"""What a statement is about, if there can be but one of it; empty: the words matched."""

_SLOTS: Final = tuple((re.compile(rf"\b{one}", re.IGNORECASE), slot) for one, slot in SLOTS)


class Facts:
    """The extractor of semantic strategies."""

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the statements of the user's turns."""
        return [
            Finding(f'The user said: "{fact}"', fact, slot_of(fact))
            for turn in heard.turns
            if turn.role == "USER"
            for sentence in sentences(turn.text)
            for fact in map(shortened, statements(sentence))
        ]


def statements(sentence: str) -> list[str]:
    """Return the parts of a sentence that state something; a question states nothing."""
    return [] if sentence.endswith("?") else list(filter(is_statement, clauses(sentence)))


def is_statement(sentence: str) -> bool:
    """Tell whether words that ask nothing state something that may be worth knowing later."""
    said = words(sentence)
    if len(said) < MIN_WORDS:
        return False
    if NOT_A_STATEMENT.match(plain(sentence)):
        return False
    return not FIRST_PERSON.isdisjoint(said) or NAMED.search(sentence) is not None


def slot_of(sentence: str) -> str | None:
    """Return what a statement is about if there can be but one of it, such as `home`."""
    for pattern, slot in _SLOTS:
        if match := pattern.search(plain(sentence)):
            return slot or match[1].lower()
    return None
