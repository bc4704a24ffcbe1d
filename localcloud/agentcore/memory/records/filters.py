"""Filters on the metadata of records.

Sources: botocore `MemoryMetadataFilterExpression`, `MemoryRecordOperatorType`, `IndexedKey`. Which
types an operator takes, and that a key must be indexed or the request is refused, is ours (claim
`memory.records.metadata-filter`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.memory.moments import given_ms
from localcloud.agentcore.model import JsonObject

NAME: Final = "metadataFilters"

type Test = Callable[[Any, Any], bool]

VALUE_TESTS: Final[Mapping[str, tuple[tuple[str, ...], Test]]] = {
    "EQUALS_TO": (
        ("stringValue", "stringListValue", "numberValue", "dateTimeValue"),
        lambda here, given: bool(here == given),
    ),
    "CONTAINS": (("stringValue",), lambda here, given: given in here),
    "BEFORE": (("dateTimeValue",), lambda here, given: bool(here < given)),
    "AFTER": (("dateTimeValue",), lambda here, given: bool(here > given)),
    "GREATER_THAN": (("numberValue",), lambda here, given: bool(here > given)),
    "GREATER_THAN_OR_EQUALS": (("numberValue",), lambda here, given: bool(here >= given)),
    "LESS_THAN": (("numberValue",), lambda here, given: bool(here < given)),
    "LESS_THAN_OR_EQUALS": (("numberValue",), lambda here, given: bool(here <= given)),
}
"""Types of value that an operator takes, and its test of a record's value against the one given."""


@dataclass(frozen=True)
class Filter:
    """One expression, all of which must hold. `kind` is the member of the value's union."""

    key: str
    operator: str
    kind: str = ""
    value: Any = None

    def matches(self, metadata: Mapping[str, JsonObject]) -> bool:
        """Tell whether a record with this metadata is meant."""
        if self.operator == "NOT_EXISTS":
            return self.key not in metadata
        if self.key not in metadata or self.operator == "EXISTS":
            return self.key in metadata
        ((kind, value),) = metadata[self.key].items()
        contains = self.operator == "CONTAINS" and kind in ("stringValue", "stringListValue")
        if kind != self.kind and not contains:
            return False
        return VALUE_TESTS[self.operator][1](comparable(kind, value), self.value)


def read_filters(expressions: Sequence[JsonObject], indexed: Collection[str]) -> tuple[Filter, ...]:
    """Return the filters of a request on a memory that has these indexed keys.

    Raises:
        ValidationFailed: a key is not indexed, or an operator has no value of a type it takes.
    """
    return tuple(_read(expression, indexed) for expression in expressions)


def comparable(kind: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a value in the form it is compared in: instants in milliseconds.

    Raises:
        ValidationFailed: an instant that is none.
    """
    return given_ms(value, NAME) if kind == "dateTimeValue" else value


def _read(expression: JsonObject, indexed: Collection[str]) -> Filter:
    key, operator = expression["left"]["metadataKey"], expression["operator"]
    if key not in indexed:
        raise ValidationFailed.of_field(NAME, f"Metadata key {key} is not indexed")
    if operator not in VALUE_TESTS:
        return Filter(key, operator)
    given = expression.get("right", {}).get("metadataValue", {})
    kinds = VALUE_TESTS[operator][0]
    if not given or next(iter(given)) not in kinds:
        raise ValidationFailed.of_field(NAME, f"Operator {operator} needs one of {list(kinds)}")
    ((kind, value),) = given.items()
    return Filter(key, operator, kind, comparable(kind, value))
