"""Values that a shape of botocore's service models allows: the least of one, or all of it."""

import re
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import hypothesis
from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import strategies

LONGEST = 2_000
"""Elements or characters up to which a limit is crossed: beyond, requests would be megabytes."""

MOMENT = 1_767_225_600
DEFAULT = "sample"
ACCOUNT_ID = "123456789012"
"""Where a pattern lets it stand, it does: services look at whose account is named."""

NUMBER = 30
"""A number that most ranges have: of days, of results."""

ENDLESS = object()
"""A value that would have to hold another of its own kind, and so on."""

type Value = Any


def turns(shape: Shape, above: frozenset[str]) -> int:
    """Return how often to make a full value so that each union shows each of its members."""
    if shape.name in above:
        return 1
    above |= {shape.name}
    if isinstance(shape, StructureShape):
        below = max((turns(one, above) for one in shape.members.values()), default=1)
        return below * len(shape.members) if is_union(shape) else below
    if isinstance(shape, ListShape):
        return turns(shape.member, above)
    return turns(shape.value, above) if isinstance(shape, MapShape) else 1


@dataclass(frozen=True)
class Making:
    """How a value is made: the least of it or all, and for which turn of its unions."""

    full: bool
    turn: int = 0
    above: frozenset[str] = frozenset()


def _make(shape: Shape, how: Making) -> Value:
    if shape.name in how.above:
        return ENDLESS
    if isinstance(shape, StructureShape):
        return structure(shape, how)
    if isinstance(shape, ListShape):
        return _list(shape, how)
    if isinstance(shape, MapShape):
        value = _make(shape.value, how)
        return {text_of(shape.key): value} if how.full and value is not ENDLESS else {}
    return _scalar(shape)


def _list(shape: ListShape, how: Making) -> Value:
    least = shape.metadata.get("min", 0)
    one = _make(shape.member, how)
    if one is ENDLESS:
        return ENDLESS if least else []
    return [deepcopy(one) for _ in range(max(least, how.full))]


def structure(shape: StructureShape, how: Making) -> Value:
    """Return a value of a structure; ENDLESS if it has none that ends."""
    if shape.is_document_type:
        return {"some": ["document", 1]}
    how = replace(how, above=how.above | {shape.name})
    if is_union(shape):
        names = list(shape.members)
        chosen = names[how.turn % len(names)]
        value = _make(shape.members[chosen], replace(how, turn=how.turn // len(names)))
        return ENDLESS if value is ENDLESS else {chosen: value}
    made = {
        name: _make(member, how)
        for name, member in shape.members.items()
        if how.full or name in shape.required_members
    }
    if any(made[name] is ENDLESS for name in shape.required_members):
        return ENDLESS
    return {name: value for name, value in made.items() if value is not ENDLESS}


def is_union(shape: StructureShape) -> bool:
    """Tell whether exactly one member is to be given."""
    return bool(getattr(shape, "is_tagged_union", False))


def _scalar(shape: Shape) -> Value:
    match shape.type_name:
        case "string":
            return text_of(shape)
        case "boolean":
            return True
        case "blob":
            return "e30="
        case "timestamp":
            return MOMENT
        case _:
            return max(shape.metadata.get("min", 0), min(NUMBER, shape.metadata.get("max", NUMBER)))


def text_of(shape: Shape) -> str:
    """Return a text that a string shape allows."""
    if enum := shape.metadata.get("enum"):
        return str(enum[0])
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", LONGEST)
    return _matching(shape.metadata.get("pattern"), low, high)


@cache
def _matching(pattern: str | None, low: int, high: int) -> str:
    """Return a text of a pattern and a length."""
    if pattern is None:
        return (DEFAULT * (low // len(DEFAULT) + 1))[: max(low, min(len(DEFAULT), high))]
    for likely in (ACCOUNT_ID, DEFAULT):
        if low <= len(likely) <= high and re.fullmatch(pattern, likely):
            return likely
    texts = strategies.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)
    settings = hypothesis.settings(
        derandomize=True, database=None, max_examples=5_000, phases=[hypothesis.Phase.generate]
    )
    found: str = hypothesis.find(
        texts, lambda text: low <= len(text) <= high and text.strip() != "", settings=settings
    )
    return found
