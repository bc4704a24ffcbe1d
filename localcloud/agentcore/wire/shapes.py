"""Values checked against botocore's shapes, the way AWS's validators do it.

Sources: the constraint sentences are those of AWS's common validator, seen for this service in
aws-cloudformation/cloudformation-coverage-roadmap issue 2456 (pattern) and in many others for the
rest (null, length, value, enum, map). That a union needs exactly one member and that a wrong JSON
type is a ValidationException as well are ours (claim `agentcore-control.wire.types`).
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape

from localcloud.agentcore.errors import FieldProblem

type Problems = list[FieldProblem]

LONGEST_SHOWN: Final = 200
"""Characters of a refused value that are repeated in the message."""


def check(shape: Shape, value: object, path: str, problems: Problems) -> Any:  # noqa: ANN401 - JSON
    """Return `value` without the members the model does not know; note what breaks the model.

    `path` is where the value stands, such as `authorizerConfiguration.customJWTAuthorizer`.
    """
    return _CHECKS[shape.type_name](shape, value, path, problems)


def check_members(
    shape: StructureShape, values: dict[str, object], path: str, problems: Problems
) -> dict[str, Any]:
    """Check a structure's members. A member that is null counts as absent."""
    given = {name: value for name, value in values.items() if value is not None}
    for name in shape.required_members:
        if name not in given:
            problems.append(
                FieldProblem(_join(path, name), "Member must not be null", "Value null")
            )
    return {
        name: check(member, given[name], _join(path, name), problems)
        for name, member in shape.members.items()
        if name in given
    }


def _structure(shape: StructureShape, value: object, path: str, problems: Problems) -> Any:  # noqa: ANN401
    if getattr(shape, "is_document_type", False):
        return value
    if not isinstance(value, dict):
        return _wrong_type("structure", path, problems)
    members = check_members(shape, value, path, problems)
    if getattr(shape, "is_tagged_union", False) and len(members) != 1:
        names = ", ".join(shape.members)
        problems.append(FieldProblem(path, f"Member must have exactly one of: [{names}]"))
    return members


def _list(shape: ListShape, value: object, path: str, problems: Problems) -> Any:  # noqa: ANN401
    if not isinstance(value, list):
        return _wrong_type("list", path, problems)
    _note(_length_broken(shape, len(value)), value, shape, path, problems)
    return [
        check(shape.member, item, f"{path}.{number}.member", problems)
        for number, item in enumerate(value, start=1)
    ]


def _map(shape: MapShape, value: object, path: str, problems: Problems) -> Any:  # noqa: ANN401
    if not isinstance(value, dict):
        return _wrong_type("map", path, problems)
    _note(_length_broken(shape, len(value)), value, shape, path, problems)
    for side, items in ((shape.key, value.keys()), (shape.value, value.values())):
        noun = "keys" if side is shape.key else "value"
        inner: Problems = []
        for item in items:
            check(side, item, path, inner)
        for problem in inner:
            broken = f"Map {noun} must satisfy constraint: [{problem.message}]"
            problems.append(FieldProblem(path, broken))
    return dict(value)


def _string(shape: Shape, value: object, path: str, problems: Problems) -> Any:  # noqa: ANN401
    if not isinstance(value, str):
        return _wrong_type("string", path, problems)
    _note(_length_broken(shape, len(value)), value, shape, path, problems)
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        message = f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        _note(message, value, shape, path, problems)
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).fullmatch(value):
        message = f"Member must satisfy regular expression pattern: {pattern}"
        _note(message, value, shape, path, problems)
    return value


def _number(shape: Shape, value: object, path: str, problems: Problems) -> Any:  # noqa: ANN401
    whole = shape.type_name in ("integer", "long")
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return _wrong_type(shape.type_name, path, problems)
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and value < low:
        message = f"Member must have value greater than or equal to {low}"
        _note(message, value, shape, path, problems)
    if high is not None and value > high:
        message = f"Member must have value less than or equal to {high}"
        _note(message, value, shape, path, problems)
    return value


def _boolean(_: Shape, value: object, path: str, problems: Problems) -> Any:  # noqa: ANN401
    return value if isinstance(value, bool) else _wrong_type("boolean", path, problems)


def _timestamp(_: Shape, value: object, path: str, problems: Problems) -> Any:  # noqa: ANN401
    plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return value if plain else _wrong_type("timestamp", path, problems)


def _length_broken(shape: Shape, length: int) -> str | None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and length < low:
        return f"Member must have length greater than or equal to {low}"
    if high is not None and length > high:
        return f"Member must have length less than or equal to {high}"
    return None


def _note(message: str | None, value: object, shape: Shape, path: str, problems: Problems) -> None:
    if message is not None:
        problems.append(FieldProblem(path, message, _shown(shape, value)))


def _shown(shape: Shape, value: object) -> str:
    # AWS leaves the value of a sensitive member out of its message; so must we.
    if isinstance(value, dict | list) or shape.metadata.get("sensitive"):
        return "Value"
    return f"Value '{str(value)[:LONGEST_SHOWN]}'"


def _wrong_type(expected: str, path: str, problems: Problems) -> None:
    problems.append(FieldProblem(path, f"Member must be of type {expected}"))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_CHECKS: Final[dict[str, Callable[[Any, object, str, Problems], Any]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _number,
    "long": _number,
    "float": _number,
    "double": _number,
    "boolean": _boolean,
    "timestamp": _timestamp,
    "blob": _string,
}
