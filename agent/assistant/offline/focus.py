"""Read which part of the results a clause is about: names, the cheapest, all but some."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from assistant.offline.arguments import Filled
from assistant.offline.kinds import is_negated
from assistant.offline.schema import ToolCard
from assistant.offline.words import Token, blank, content, stem, tokens

_NAME = r"[^\W_][\w'-]*"
_NAMES = rf"{_NAME}(?:\s+(?:and|or)\s+{_NAME})*"


@dataclass(frozen=True)
class Focus:
    """Which part of the results the clause is about; empty fields restrict nothing.

    Attributes:
        names: what records are called.
        without: words of records to leave out.
        extreme: `min` or `max` of the price.
        count: how many of the extreme ones.
        described: words in front of a noun that the tool does not know, as `friendly dogs`.
        unexplained: other weighty words that nothing in the tool accounts for.
    """

    names: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    extreme: str = ""
    count: int = 1
    described: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()

    @property
    def needs_all(self) -> bool:
        """Whether one page of results is not enough to answer."""
        return bool(self.names or self.without or self.extreme or self.words)

    @property
    def words(self) -> tuple[str, ...]:
        """What the tool does not know, and perhaps a record does."""
        return (*self.described, *self.unexplained)


_EXTREMES = (
    (
        r"\b(?:(?P<n>\w+)\s+)?(?:cheapest|least\s+expensive|lowest[\s-]priced|lowest\s+price)\b",
        "min",
    ),
    (
        r"\b(?:(?P<n>\w+)\s+)?(?:most\s+expensive|dearest|priciest|costliest|highest[\s-]priced"
        r"|highest\s+price)\b",
        "max",
    ),
)


def read_focus(card: ToolCard, filled: Filled, clause: str) -> tuple[Focus, str]:
    """Read what part of the results is meant, and return the rest of the sentence too."""
    rest = filled.rest
    extreme, count, rest = _extreme(rest)
    words = tokens(rest)
    negated = [one for at, one in enumerate(words) if is_negated(words, at)]
    without = tuple(one.stem for one in content(negated))
    rest = blank(rest, [(one.start, one.end) for one in negated])
    names, rest = _names(card, rest)
    described = _describing(card, filled, clause, rest)
    rest = blank(rest, [(one.start, one.end) for one in described])
    unknown = [one.text for one in content(tokens(rest)) if one.stem not in card.vocabulary]
    said = tuple(one.text for one in described)
    return Focus(names, without, extreme, count, said, tuple(dict.fromkeys(unknown))), rest


def _describing(card: ToolCard, filled: Filled, clause: str, rest: str) -> list[Token]:
    """Find unknown words right before the tool's noun or before a value that was filled in."""
    nouns = {*card.nouns, *(str(one) for values in filled.values.values() for one in values)}
    before = {a.start for a, b in pairwise(tokens(clause)) if b.stem in nouns}
    return [
        one
        for one in content(tokens(rest))
        if one.start in before and one.stem not in card.vocabulary and one.text.isalpha()
    ]


def _extreme(text: str) -> tuple[str, int, str]:
    numbers = {"two": 2, "three": 3, "four": 4, "five": 5}
    for said, side in _EXTREMES:
        if match := re.search(said, text, re.IGNORECASE):
            word = (match["n"] or "").lower()
            count = numbers.get(word) or (int(word) if word.isdecimal() else 1)
            start = match.start("n") if count > 1 else match.start()
            return side, max(count, 1), blank(text, [(start, match.end())])
    return "", 1, text


# After these, whatever follows without an article is a name, capital or not.
_NAME_FRAMES = (
    rf"\b(?:about|who\s+is|who's|much\s+(?:is|are|does|do|for))\s+(?P<x>{_NAMES})"
    r"(?:\s+costs?)?\s*[?.!]*\s*$",
    rf"\b(?:price|cost)s?\s+(?:of|for)\s+(?P<x>{_NAMES})\s*[?.!]*\s*$",
    rf"\bdoes\s+(?P<x>{_NAME})\s+cost\b",
    rf"\b(?:named|called)\s+(?P<x>{_NAME})",
)
_CAPITALISED = re.compile(r"(?<=[\w,;:]\s)[A-Z][\w-]*(?:\s+[A-Z][\w-]*)*")
_POSSESSIVE = re.compile(r"\b([A-Z][\w-]*)'s\s+(?=price|cost|type|id|age|description)")


def _names(card: ToolCard, text: str) -> tuple[tuple[str, ...], str]:
    """Find what things are called, and blank it: unknown words with a capital, or in a frame."""
    spans = [match.span() for match in _CAPITALISED.finditer(text)]
    spans += [match.span(1) for match in _POSSESSIVE.finditer(text)]
    for frame in _NAME_FRAMES:
        spans += [match.span("x") for match in re.finditer(frame, text, re.IGNORECASE)]
    found: dict[str, tuple[int, int]] = {}
    for start, end in spans:
        for part in re.finditer(r"(?:(?!\s+(?:and|or)\s).)+", text[start:end]):
            name = re.sub(r"^(?:and|or)\s+|'s$", "", part[0].strip(), flags=re.IGNORECASE)
            if _is_name(card, name) and name.lower() not in {one.lower() for one in found}:
                at = text.index(name, start)
                found[name] = (at, at + len(name))
    return tuple(found), blank(text, found.values())


def _is_name(card: ToolCard, text: str) -> bool:
    words: tuple[Token, ...] = tokens(text)
    weighty = content(words)
    return (
        bool(words)
        and not any(one.isdigit() for one in text)
        and len(weighty) == len(words)
        and all(one.stem not in card.vocabulary and one.stem != stem("cost") for one in words)
    )
