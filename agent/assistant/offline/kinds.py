"""Find what kind of thing is meant: a value of an `enum`, or a plain noun for a free `type`."""

from __future__ import annotations

import re

from assistant.offline.found import Found
from assistant.offline.schema import Parameter, ToolCard
from assistant.offline.words import STOPWORDS, Token, content, stem, tokens

_CATEGORY_WORDS = frozenset({"type", "kind", "category", "species", "class"})
_NEGATIONS = frozenset({"not", "no", "except", "without", "besides", "excluding"})


def choices(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find the values of an `enum`; the plural counts, the first half of `dog food` does not."""
    words = tokens(text)
    found = [
        (choice, (one.start, one.end))
        for at, one in enumerate(words)
        for choice in parameter.choices
        if stem(choice) == one.stem
        and not is_modifier(words, at, card)
        and not is_negated(words, at)
    ]
    values, spans = zip(*found, strict=True) if found else ((), ())
    return Found(values, spans) if found else None


def is_modifier(words: tuple[Token, ...], at: int, card: ToolCard) -> bool:
    """Whether a noun only describes the next one: the `pet` of `pet insurance`."""
    here, after = words[at], words[at + 1 : at + 2]
    plural = here.text.lower() != here.stem
    unknown = [one for one in content(after) if one.stem not in card.vocabulary]
    return not plural and any(one.start == here.end + 1 and one.text.islower() for one in unknown)


def is_negated(words: tuple[Token, ...], at: int) -> bool:
    """Whether a word is taken out: `not cats`, `other than a dog`."""
    before = [one.text.lower() for one in words[max(at - 3, 0) : at]]
    said = [one for one in before if one not in {"a", "an", "any", "the"}]
    return bool(said) and (said[-1] in _NEGATIONS or said[-2:] == ["other", "than"])


_CATEGORY_FRAMES = (
    r"\b(?:any|have|got|sell|buy|want|need|looking\s+for|(?:are|is)\s+there|cheapest|expensive)"
    r"\s+(?:(?:a|an|any|some|all|your)\s+)*(?P<word>[a-z]+)",
    r"\b(?:show|list|find|see|give|get)\s+(?:me\s+)?(?:(?:all|any|some|the|your|of)\s+)*"
    r"(?P<word>[a-z]+s)\b",
    r"\b(?:which|what)\s+(?P<word>[a-z]+)\b(?=.*\b(?:you|there|cost|costs|price|under|over|than)\b)",
    r"\bmuch\s+(?:is|are|for)\s+(?:a|an|any|the)\s+(?P<word>[a-z]+)",
    r"\bhow\s+(?:much|many)\s+(?:(?:do|are)\s+)?(?P<word>[a-z]+s)\b",
)


def category(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `cat` in `any cats?` for a free `type`: a plain noun the tool does not know."""
    if parameter.choices or not _CATEGORY_WORDS & set(parameter.words):
        return None
    words = tokens(text)
    starts = {one.start: at for at, one in enumerate(words)}
    for frame in _CATEGORY_FRAMES:
        for match in re.finditer(frame, text, re.IGNORECASE):
            at = starts.get(match.start("word"))
            if at is not None and _is_category(card, words, at):
                found = [words[at], *_listed_after(card, words, at)]
                spans = tuple((one.start, one.end) for one in found)
                return Found(tuple(one.stem for one in found), spans)
    return None


def _is_category(card: ToolCard, words: tuple[Token, ...], at: int) -> bool:
    one = words[at]
    known = one.stem in card.nouns or one.text.lower() in STOPWORDS or one.text in card.words
    asked = one.stem in {stem("price"), stem("type")}
    plain = one.text.islower() or one.text.isupper()
    return plain and not (known or asked or is_modifier(words, at, card) or is_negated(words, at))


def _listed_after(card: ToolCard, words: tuple[Token, ...], at: int) -> list[Token]:
    """Return the `dogs` of `cats or dogs`."""
    found = []
    while [one.text for one in words[at + 1 : at + 2]] in (["and"], ["or"]) and len(words) > at + 2:
        at += 2
        if not _is_category(card, words, at):
            break
        found.append(words[at])
    return found
