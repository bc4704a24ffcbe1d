"""Numbers, sums of money and comparisons in English: `between $50 and a hundred dollars`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from assistant.offline.words import blank

_ONES_IN_ORDER = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen"
)
_TENS_IN_ORDER = "twenty thirty forty fifty sixty seventy eighty ninety"
_ONES = {word: value for value, word in enumerate(_ONES_IN_ORDER.split())}
_TENS = {word: value * 10 for value, word in enumerate(_TENS_IN_ORDER.split(), start=2)}
_SCALES = {"hundred": 100, "thousand": 1000}
_NUMBER_WORD = "|".join([*_ONES, *_TENS, *_SCALES])

# With an end to the words of one number: a long row of them would take quadratic time.
NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
    rf"|(?:a\s+(?=hundred|thousand))?(?:{_NUMBER_WORD})(?:(?:\s+|-|\s+and\s+)(?:{_NUMBER_WORD})){{0,7}})"
    r"(?:k\b)?"
)
_FOREIGN = r"(?!\s*(?:€|£|¥|euros?\b|eur\b|pounds?\b|gbp\b|yen\b|rupees?\b|francs?\b))"
_UNIT = r"dollars?|bucks?|usd|cents?|¢"


def pattern(prefix: str = "") -> str:
    """Return the pattern of an amount; `amount` reads its groups, told apart by the prefix."""
    return (
        rf"(?P<{prefix}sign>\$)?\s*(?P<{prefix}number>{NUMBER})"
        # To the end of the word: not the 2 of `2nd`, nor the 1 of `1.5`.
        rf"(?![\w,.-]*\d)(?!\w){_FOREIGN}(?:\s*(?P<{prefix}unit>{_UNIT}))?"
    )


type Side = Literal["min", "max"]


@dataclass(frozen=True)
class Amount:
    """A number and what it counts, if the text says so."""

    value: Decimal
    unit: Literal["dollar", "cent"] | None


@dataclass(frozen=True)
class Bound:
    """One side of a comparison, and where the text says it.

    Attributes:
        exclusive: whether the amount itself is out (`under`), or in (`at most`).
    """

    side: Side
    amount: Amount
    exclusive: bool
    span: tuple[int, int]


# Longer phrases first: `no more than` is a maximum, `more than` a minimum.
_COMPARISONS: tuple[tuple[str, Side, bool], ...] = (
    (r"(?:no|not)\s+(?:more|higher|greater|dearer)\s+than|not\s+(?:over|above)", "max", False),
    (r"(?:no|not)\s+(?:less|lower|cheaper|fewer)\s+than|not\s+(?:under|below)", "min", False),
    (r"(?:less|lower|cheaper|fewer|smaller)\s+than|under|below|beneath|<(?!=)", "max", True),
    (r"(?:more|higher|greater|dearer|more\s+expensive)\s+than|over|above|>(?!=)", "min", True),
    (r"at\s+most|up\s+to|max(?:imum)?(?:\s+of)?|<=|within|budget(?:\s+(?:is|of))?", "max", False),
    (r"i\s+(?:only\s+)?have(?:\s+only)?|spend|afford|pay", "max", False),
    (r"at\s+least|min(?:imum)?(?:\s+of)?|>=|starting\s+at|from", "min", False),
)
_AFTER: tuple[tuple[str, Side], ...] = (
    (r"or\s+(?:less|under|below|cheaper)|max(?:imum)?\b|tops", "max"),
    (r"or\s+(?:more|over|above)|and\s+(?:up|above|more)|min(?:imum)?\b|\+", "min"),
)
_RANGES = (
    r"\bbetween\s+" + pattern("a") + r"\s*(?:-|\band\b|\bto\b)\s*" + pattern("b"),
    r"\bfrom\s+" + pattern("a") + r"\s*(?:-|\bto\b)\s*" + pattern("b"),
    # Without a word in front it takes a unit: `pets 1 to 3` is not about money.
    r"(?=\$|.{0,40}(?:dollar|buck|usd|cent|¢|\$))"
    + pattern("a")
    + r"\s*(?:-|\bto\b)\s*"
    + pattern("b"),
    r"\bexactly\s+(?P<both>" + pattern("a") + ")",
)


def parse_number(text: str) -> Decimal:
    """Read `1,250.50`, `2k`, `two hundred fifty` or `a hundred`."""
    plain = text.lower().replace(",", "")
    factor = 1000 if re.fullmatch(r"[\d.]+k", plain) else 1
    if re.match(r"[\d.]", plain):
        return Decimal(plain.rstrip("k")) * factor
    return Decimal(_spoken(plain))


def _spoken(text: str) -> int:
    total = part = 0
    for word in re.findall(_NUMBER_WORD, text):
        if word in _SCALES:
            part = max(part, 1) * _SCALES[word]
            if word == "thousand":
                total, part = total + part, 0
        else:
            part += _ONES.get(word, _TENS.get(word, 0))
    return total + part


def amount(match: re.Match[str], prefix: str = "") -> Amount:
    """Read the groups of `pattern(prefix)`."""
    unit = (match[f"{prefix}unit"] or "").lower()
    value = parse_number(match[f"{prefix}number"])
    if unit.startswith(("cent", "¢")):
        return Amount(value, "cent")
    return Amount(value, "dollar" if unit or match[f"{prefix}sign"] else None)


def bounds(text: str) -> tuple[Bound, ...]:
    """Find every comparison with an amount, in the order of the text; a range gives two."""
    found: list[Bound] = []
    for said in _RANGES:
        new = [one for match in re.finditer(said, text, re.IGNORECASE) for one in _range(match)]
        text = blank(text, [one.span for one in new])
        found += new
    return tuple(sorted((*found, *_comparisons(text)), key=lambda one: one.span))


def _range(match: re.Match[str]) -> tuple[Bound, Bound]:
    first = amount(match, "a")
    second = first if "both" in match.groupdict() else amount(match, "b")
    unit = first.unit or second.unit
    low, high = sorted((first.value, second.value))
    return (
        Bound("min", Amount(low, unit), exclusive=False, span=match.span()),
        Bound("max", Amount(high, unit), exclusive=False, span=match.span()),
    )


def _comparisons(text: str) -> list[Bound]:
    found: dict[int, Bound] = {}
    for phrase, side, exclusive in _COMPARISONS:
        said = rf"(?:\b|(?=[<>]))(?:{phrase})\s*" + pattern()
        for match in re.finditer(said, text, re.IGNORECASE):
            bound = Bound(side, amount(match), exclusive, match.span())
            found.setdefault(match.start("number"), bound)
    for phrase, side in _AFTER:
        for match in re.finditer(pattern() + rf"\s*(?:{phrase})", text, re.IGNORECASE):
            bound = Bound(side, amount(match), exclusive=False, span=match.span())
            found.setdefault(match.start("number"), bound)
    return list(found.values())
