"""Fill a tool's arguments from a sentence, by what its JSON schema says of each.

Each filler looks for one sort of argument and answers with the values it found and where. They
run in the order of `FILLERS`, each on what the earlier ones have left of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from agent.offline import amounts
from agent.offline.amounts import Amount, Bound, Side
from agent.offline.schema import Parameter, ToolCard
from agent.offline.words import STOPWORDS, Token, blank, content, stem, tokens

type Value = str | int | float
type Span = tuple[int, int]

_ID_WORDS = frozenset({"id", "identifier", "number", "code", "key"})
_SIDES: dict[str, Side] = {
    **dict.fromkeys(("min", "minimum", "lowest", "least"), "min"),
    **dict.fromkeys(("max", "maximum", "highest", "most"), "max"),
}
_MONEY_WORDS = frozenset({"price", "cost", "cents", "amount", "fee", "dollars", "usd"})
_PAGE_WORDS = frozenset({"size", "limit", "results", "items", "count"})
_CATEGORY_WORDS = frozenset({"type", "kind", "category", "species", "class"})
_QUERY_WORDS = frozenset({"query", "question", "q", "text", "prompt"})
_NEGATIONS = frozenset({"not", "no", "except", "without", "besides", "excluding"})
_CENT = Decimal(1)
_DOLLAR = Decimal("0.01")


@dataclass(frozen=True)
class Found:
    """Values for one argument, all of them asked for, and the words that gave them."""

    values: tuple[Value, ...]
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Filled:
    """What a sentence gives a tool.

    Attributes:
        values: by parameter; several values mean several calls.
        said: the parameters whose values have words of their own in the sentence.
        rest: the sentence with everything that was used blanked out.
        missing: required parameters without a value.
    """

    values: dict[str, tuple[Value, ...]]
    said: frozenset[str]
    rest: str
    missing: tuple[Parameter, ...]


type Filler = Callable[[Parameter, ToolCard, str], Found | None]


def fill(card: ToolCard, sentence: str) -> Filled:
    """Fill what can be filled; nothing is made up, so a required argument may be missing."""
    values: dict[str, tuple[Value, ...]] = {}
    said: set[str] = set()
    rest = sentence
    for filler in FILLERS:
        spans: list[Span] = []
        for parameter in card.parameters:
            if parameter.name in values:
                continue
            if found := filler(parameter, card, rest):
                values[parameter.name] = tuple(dict.fromkeys(found.values))
                spans += found.spans
                said |= {parameter.name} if found.spans else set()
        # After the round, not within: a range is used by a minimum and a maximum.
        rest = blank(rest, spans)
    missing = tuple(one for one in card.parameters if one.required and one.name not in values)
    return Filled(values, frozenset(said), rest, missing)


def identifiers(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `pet-2`, `pet 2`, `pet number two` or `pets 1 and 3` for `petId`."""
    if parameter.pattern is None and parameter.words[-1] not in _ID_WORDS:
        return None
    literal = [
        (value, (one.start, one.end))
        for one in tokens(text)
        if (value := _identifier(parameter, one.text))
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


def page_size(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find how many are asked for: `the first 3`, `two pets`."""
    if not _PAGE_WORDS & set(parameter.words) or not card.nouns:
        return None
    nouns = "|".join(map(re.escape, card.nouns))
    said = (
        rf"\b(?:first|top)\s+(?P<a>{amounts.NUMBER})\b"
        rf"|(?<![\w$-])(?:at\s+most\s+|up\s+to\s+|only\s+|just\s+)?(?P<b>{amounts.NUMBER})"
        rf"\s+(?:{nouns})s?\b"
    )
    match = re.search(said, text, re.IGNORECASE)
    if match is None:
        return None
    number = amounts.parse_number(match["a"] or match["b"])
    return Found((_typed(parameter, number),), (match.span(),)) if number >= 1 else None


def limits(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `under $100` for `maxPriceCents`: 9999, since the limit itself is allowed there."""
    side = _side(parameter)
    if side is None:
        return None
    for bound in amounts.bounds(text):
        if bound.side == side and _is_meant(parameter, card, bound.amount, text):
            return Found((_typed(parameter, _limit(parameter, bound)),), (bound.span,))
    return None


def _side(parameter: Parameter) -> Side | None:
    if _PAGE_WORDS & set(parameter.words):
        return None
    return next((_SIDES[word] for word in parameter.words if word in _SIDES), None)


def _is_meant(parameter: Parameter, card: ToolCard, amount: Amount, text: str) -> bool:
    """Whether the amount is one of this parameter's kind: money, unless another is named."""
    said = {one.stem for one in tokens(text)}
    others = [one for one in card.parameters if _side(one) and not _MONEY_WORDS & set(one.words)]
    if _MONEY_WORDS & set(parameter.words):
        return amount.unit is not None or not any(_about(one) & said for one in others)
    return amount.unit is None and bool(_about(parameter) & said)


def _about(parameter: Parameter) -> set[str]:
    return {stem(word) for word in parameter.words if word not in _SIDES}


def _limit(parameter: Parameter, bound: Bound) -> Decimal:
    value = _scaled(parameter, bound.amount)
    money = bool(_MONEY_WORDS & set(parameter.words))
    step = _DOLLAR if money and "cents" not in parameter.words else _CENT
    up = bound.side == "min"
    steps = (value / step).to_integral_value(ROUND_CEILING if up else ROUND_FLOOR)
    if bound.exclusive and steps * step == value:
        steps += 1 if up else -1
    return steps * step


def _scaled(parameter: Parameter, amount: Amount) -> Decimal:
    """Put an amount in the parameter's unit; without a unit, an amount of money is dollars."""
    if not _MONEY_WORDS & set(parameter.words):
        return amount.value
    in_cents = amount.value if amount.unit == "cent" else amount.value * 100
    return in_cents if "cents" in parameter.words else in_cents / 100


def price(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find one sum of money, for a parameter that is neither a minimum nor a maximum."""
    if _side(parameter) or not _MONEY_WORDS & set(parameter.words):
        return None
    said = rf"\b(?:for|at|costs?|costing|price[ds]?(?:\s+(?:at|is|of|to))?)\s+{amounts.pattern()}"
    match = re.search(said, text, re.IGNORECASE)
    if match is None:
        return None
    value = _scaled(parameter, amounts.amount(match))
    return Found((_typed(parameter, value),), (match.span(),))


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


_TITLED = re.compile(
    r"\b(?:named|called|with\s+the\s+name|name\s+is)\s+"
    r"(\"[^\"]+\"|'[^']+'|[\w-]+(?:\s+[A-Z][\w-]*)*)"
)


def title(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `Rex` in `a dog named Rex` for `name`."""
    if parameter.words not in {("name",), ("title",)}:
        return None
    match = _TITLED.search(text)
    return Found((match[1].strip("\"'"),), (match.span(),)) if match else None


def query(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Take the whole sentence for a tool that searches by one."""
    if not parameter.required or not _QUERY_WORDS & set(parameter.words):
        return None
    return Found((" ".join(text.split()),), ())


def _typed(parameter: Parameter, value: Decimal) -> Value:
    whole = value == value.to_integral_value()
    if parameter.type == "integer" or (parameter.type == "number" and whole):
        return int(value)
    if parameter.type == "number":
        return float(value)
    return str(int(value)) if whole else str(value)


FILLERS: tuple[Filler, ...] = (
    identifiers,
    title,
    page_size,
    limits,
    price,
    choices,
    category,
    query,
)
