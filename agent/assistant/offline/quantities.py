"""Find quantities: limits on a price, a price itself, how many are wanted."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from assistant.offline import amounts
from assistant.offline.amounts import Amount, Bound, Side
from assistant.offline.found import Found, typed
from assistant.offline.schema import Parameter, ToolCard
from assistant.offline.words import stem, tokens

_SIDES: dict[str, Side] = {
    **dict.fromkeys(("min", "minimum", "lowest", "least"), "min"),
    **dict.fromkeys(("max", "maximum", "highest", "most"), "max"),
}
_MONEY_WORDS = frozenset({"price", "cost", "cents", "amount", "fee", "dollars", "usd"})
_PAGE_WORDS = frozenset({"size", "limit", "results", "items", "count"})
_CENT = Decimal(1)
_DOLLAR = Decimal("0.01")


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
    return Found((typed(parameter, number),), (match.span(),)) if number >= 1 else None


def limits(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `under $100` for `maxPriceCents`: 9999, since the limit itself is allowed there."""
    side = _side(parameter)
    if side is None:
        return None
    for bound in amounts.bounds(text):
        if bound.side == side and _is_meant(parameter, card, bound.amount, text):
            return Found((typed(parameter, _limit(parameter, bound)),), (bound.span,))
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
    return Found((typed(parameter, value),), (match.span(),))
