"""What a filler gives for an argument."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from assistant.offline.schema import Parameter

type Value = str | int | float
type Span = tuple[int, int]


@dataclass(frozen=True)
class Found:
    """Values for one argument, all of them asked for, and the words that gave them."""

    values: tuple[Value, ...]
    spans: tuple[Span, ...]


def typed(parameter: Parameter, value: Decimal) -> Value:
    """Put a number in the type of the schema; API Gateway makes strings of query parameters."""
    whole = value == value.to_integral_value()
    if parameter.type == "integer" or (parameter.type == "number" and whole):
        return int(value)
    if parameter.type == "number":
        return float(value)
    return str(int(value)) if whole else str(value)
