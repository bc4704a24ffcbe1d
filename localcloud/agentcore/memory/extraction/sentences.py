"""Sentences of what people say, and how records quote them."""

import re
from typing import Final

MAX_QUOTED_CHARACTERS: Final = 400
"""Of one sentence; what is longer is cut, and ends in an ellipsis."""

MOST_BY_FAR: Final = 60
"""Sentences of one turn that are looked at: a turn may have 100,000 characters."""

_END: Final = re.compile(
    r"(?<!\bMr\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bMrs\.)(?<!\bNo\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
    r"(?<=[.!?])\s+|\n+"
)
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_CLAUSE: Final = re.compile(
    r",? (?:and|but) (?=(?:i|i'm|i've|i'd|my|we|we're|we've|our)\b)|; ", re.IGNORECASE
)
_NUMBER: Final = re.compile(r"\d+")

_STOP_WORDS: Final = (
    "a about after again all also am an and any are as at be because been but by can could did do "
    "does for from get had has have he hello help her here hi him his how i i'm if in into is it "
    "its just know like me more my need no not of on once one only or our out please she should so "
    "some tell thank thanks that the their them then there these they this to too up us want was "
    "we were what when where which who why will with would yes you your"
)
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, the first `MOST_BY_FAR` of them."""
    parts = (part.strip() for part in _END.split(text))
    return [part for part in parts if part][:MOST_BY_FAR]


def clauses(sentence: str) -> list[str]:
    """Return the parts of a sentence that each say something of the speaker."""
    return _CLAUSE.split(sentence)


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, with plain apostrophes."""
    return _WORD.findall(plain(text).lower())


def plain(text: str) -> str:
    """Return a text with plain apostrophes, which telephones make curly."""
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def content_words(text: str) -> list[str]:
    """Return the words that say what a text is about, each once, in order."""
    about = (word for word in words(text) if len(word) > 2 and word not in STOP_WORDS)
    return list(dict.fromkeys(about))


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in a text: two facts with different ones are different facts."""
    return frozenset(_NUMBER.findall(text))


def shortened(text: str, most: int = MAX_QUOTED_CHARACTERS) -> str:
    """Return a text in one line, cut to so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
