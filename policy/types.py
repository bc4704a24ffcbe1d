"""Cedar's types for a tool's arguments, and a call's arguments as values of them.

string is String, integer Long, boolean Bool, number decimal (4 places), array Set, object Record
(Developer Guide, policy: the schema from tools). What has no single such type, for instance
an array without `items`, is left out: policies cannot mention it (claim `policy.values`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from policy.errors import SchemaMismatch
from policy.model import JsonObject

MAX_DEPTH: Final = 32
"""Of objects within objects; what lies deeper is left out."""

_LONG: Final = range(-(2**63), 2**63)
_DIGITS: Final = 19
_PLACES: Final = 4


@dataclass(frozen=True)
class Scalar:
    """One of Cedar's types for a single value."""

    name: Literal["String", "Long", "Bool", "decimal"]


@dataclass(frozen=True)
class SetOf:
    """A set; how often and in which order a JSON array holds something is lost."""

    element: "CedarType"


@dataclass(frozen=True)
class Member:
    """A member of a record."""

    type: "CedarType"
    required: bool


@dataclass(frozen=True)
class RecordOf:
    """A record of the members that are declared and have a type."""

    members: Mapping[str, Member]


CedarType = Scalar | SetOf | RecordOf

_SCALARS: Final[Mapping[str, Scalar]] = {
    "string": Scalar("String"),
    "integer": Scalar("Long"),
    "boolean": Scalar("Bool"),
    "number": Scalar("decimal"),
}
_ESCAPES: Final = frozenset({"__entity", "__extn", "__expr"})
"""Names with a meaning of their own in Cedar's JSON."""


def input_type(input_schema: JsonObject) -> RecordOf:
    """Return the type of `context.input` for a tool."""
    return _record(input_schema, depth=0)


def cedar_value(cedar_type: CedarType, value: object, path: str = "") -> object:
    """Return a JSON value in Cedar's JSON, as a value of the type.

    Members that are not declared are left out, and so are nulls.

    Raises:
        SchemaMismatch: the value is none of the type.
    """
    match cedar_type:
        case Scalar():
            return _scalar(cedar_type, value, path)
        case SetOf(element):
            return [cedar_value(element, v, f"{path}.{i}") for i, v in _items(value, path)]
        case RecordOf(members):
            prefix = f"{path}." if path else ""
            return {
                name: cedar_value(members[name].type, each, prefix + name)
                for name, each in _pairs(value, path)
                if name in members and each is not None
            }


def _type(schema: object, depth: int) -> CedarType | None:
    if not isinstance(schema, dict) or depth > MAX_DEPTH:
        return None
    name = _type_name(schema)
    if name == "array":
        element = _type(schema.get("items"), depth + 1)
        return SetOf(element) if element else None
    if name == "object":
        return _record(schema, depth)
    return _SCALARS.get(name) or _only_choice(schema, depth)


def _type_name(schema: JsonObject) -> str:
    """Return the one type a schema names beside null, or nothing."""
    named = schema.get("type")
    names = [n for n in (named if isinstance(named, list) else [named]) if n != "null"]
    return str(names[0]) if len(names) == 1 else ""


def _only_choice(schema: JsonObject, depth: int) -> CedarType | None:
    """Return the type of a choice between null and one thing."""
    choices = schema.get("anyOf") or schema.get("oneOf")
    if not isinstance(choices, list) or schema.get("type") is not None:
        return None
    others = [c for c in choices if c != {"type": "null"}]
    return _type(others[0], depth + 1) if len(others) == 1 else None


def _record(schema: JsonObject, depth: int) -> RecordOf:
    properties, required = schema.get("properties"), schema.get("required")
    return RecordOf(
        {
            name: Member(found, name in (required if isinstance(required, list) else ()))
            for name, each in (properties if isinstance(properties, dict) else {}).items()
            if name not in _ESCAPES and (found := _type(each, depth + 1))
        }
    )


def _scalar(scalar: Scalar, value: object, path: str) -> object:
    match scalar.name, value:
        case ("String", str()) | ("Bool", bool()):
            return value
        case (("Long" | "decimal"), int() | float()) if not isinstance(value, bool):
            places = 0 if scalar.name == "Long" else _PLACES
            units = _units(Decimal(str(value)), places)
            if units is None or (places == 0 and units != value):
                raise SchemaMismatch(path, scalar.name)
            return units if places == 0 else _decimal(units)
        case _:
            raise SchemaMismatch(path, scalar.name)


def _units(number: Decimal, places: int) -> int | None:
    """Return a number in units of its last place, or None where 64 bits do not hold it."""
    if not number.is_finite() or number.adjusted() > _DIGITS:
        return None
    units = int(number.scaleb(places).to_integral_value(ROUND_HALF_EVEN))
    return units if units in _LONG else None


def _decimal(units: int) -> JsonObject:
    text = f"{Decimal(units).scaleb(-_PLACES):.{_PLACES}f}"
    return {"__extn": {"fn": "decimal", "arg": text}}


def _items(value: object, path: str) -> Iterator[tuple[int, object]]:
    if not isinstance(value, list):
        raise SchemaMismatch(path, "Set")
    return iter(enumerate(value))


def _pairs(value: object, path: str) -> Iterator[tuple[str, object]]:
    if not isinstance(value, dict):
        raise SchemaMismatch(path, "Record")
    return iter(value.items())
