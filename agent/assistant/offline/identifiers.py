"""Find identifiers: by the pattern a schema gives, or as a noun and a number."""

from __future__ import annotations

import re
from decimal import Decimal

from assistant.offline import amounts
from assistant.offline.found import Found, Span
from assistant.offline.schema import Parameter, ToolCard
from assistant.offline.words import tokens, without_contraction

_ID_WORDS = frozenset({"id", "identifier", "number", "code", "key"})


def identifiers(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `pet-2`, `pet 2`, `pet number two` or `pets 1 and 3` for `petId`."""
    if parameter.pattern is None and parameter.words[-1] not in _ID_WORDS:
        return None
    literal = [
        (value, (one.start, one.end))
        for one in tokens(text)
        if (value := _identifier(parameter, without_contraction(one.text)))
    ]
    found = literal or _spoken_identifiers(parameter, card, text)
    if not found:
        return None
    values = (int(one) if parameter.type == "integer" else one for one, _ in found)
    return Found(tuple(values), tuple(span for _, span in found))


def _identifier(parameter: Parameter, text: str) -> str | None:
    # A digit is what tells an identifier from a word: `pet-friendly` fits many a pattern. And a
    # number alone may be anything, so that it takes its noun in front.
    if parameter.type == "integer" or not any(one.isdigit() for one in text):
        return None
    if parameter.pattern is None:
        return None if text.isdecimal() else text
    return next((one for one in (text, text.lower()) if parameter.pattern.fullmatch(one)), None)


def _spoken_identifiers(parameter: Parameter, card: ToolCard, text: str) -> list[tuple[str, Span]]:
    nouns = [word for word in parameter.words if word not in _ID_WORDS] or sorted(card.nouns)
    number = rf"#?\s*{amounts.NUMBER}"
    said = re.compile(
        rf"\b({'|'.join(map(re.escape, nouns))})s?[\s#]+(?:(?:number|no\.?|id|nr\.?)\s*)?"
        rf"({number}(?:\s*(?:,|and|&|,\s*and)\s*{number})*)(?![\w.]*\w)",
        re.IGNORECASE,
    )
    found: list[tuple[str, Span]] = []
    for match in said.finditer(text):
        for one in re.finditer(amounts.NUMBER, match[2], re.IGNORECASE):
            value = amounts.parse_number(one[0])
            found.append((_written(parameter, match[1].lower(), value), match.span()))
    return found


def _written(parameter: Parameter, noun: str, number: Decimal) -> str:
    """Write an identifier the way the tool does, as far as its schema shows it."""
    forms = [f"{noun}-{number}", f"{noun}_{number}", f"{noun}{number}", str(number)]
    if parameter.pattern is not None:
        return next((one for one in forms if parameter.pattern.fullmatch(one)), str(number))
    shown = parameter.description.lower()
    return next((one for one in forms[:2] if one[: len(noun) + 1] in shown), str(number))
