"""Requests made from botocore's service models: valid ones, and each with one thing wrong.

A value is made for every member of an operation's input, then broken in one place at a time: a
required member left out, a length, a range, a pattern, an enumeration, a type. Nothing here knows
the laptop; what is expected of an answer follows from the model alone.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from localcloud.cloud import Request
from tests.support.model_values import (
    DEFAULT,
    LONGEST,
    Making,
    Value,
    is_union,
    structure,
    text_of,
    turns,
)

SIGNED = ("authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/x")

type Path = tuple[str | int, ...]
"""Where a value stands: names of members, and places in lists."""


@dataclass(frozen=True)
class Broken:
    """An input with one thing wrong. `name` is how the service names the place."""

    what: str
    name: str
    members: dict[str, Value]


def valid(operation: OperationModel) -> Iterator[dict[str, Value]]:
    """Yield the least input, then full ones until each member of each union has been taken."""
    shape = operation.input_shape
    if shape is None:
        yield {}
        return
    least = structure(shape, Making(full=False))
    if [] not in (least.get(name) for name in _in_query(shape)):  # a query has no empty list
        yield least
    for turn in range(turns(shape, frozenset())):
        yield structure(shape, Making(full=True, turn=turn))


def broken(operation: OperationModel) -> Iterator[Broken]:
    """Yield every input that has one thing wrong, each only once."""
    shape = operation.input_shape
    if shape is None:
        return
    seen: set[tuple[str, str]] = set()
    for turn in range(turns(shape, frozenset())):
        whole = structure(shape, Making(full=True, turn=turn))
        for what, path, value in _wrong_members(shape, whole, ()):
            name = named(path)
            if (what, name) not in seen and _sendable(shape, what, path):
                seen.add((what, name))
                yield Broken(what, name, _changed(whole, path, value))


def named(path: Path) -> str:
    """Return a path as the service writes it, such as `targets.1.member.name`."""
    return ".".join(one if isinstance(one, str) else f"{one + 1}.member" for one in path)


def as_request(operation: OperationModel, members: dict[str, Value]) -> Request:
    """Write an input as rest-json does, whatever is wrong with it."""
    shape = operation.input_shape
    path, query, headers, body = operation.http["requestUri"], [], [SIGNED], {}
    for name, value in members.items():
        where = shape.members[name].serialization if shape else {}
        key = where.get("name", name)
        match where.get("location"):
            case "uri":
                path = path.replace(f"{{{key}}}", quote(str(value), safe=""))
            case "querystring":
                values = value if isinstance(value, list) else [value]
                query += [(key, _text(one)) for one in values]
            case "header":
                headers.append((key.lower(), _text(value)))
            case _:
                body[key] = value
    content = json.dumps(body).encode() if body else b""
    if shape and (payload := shape.serialization.get("payload")):
        content = str(members.get(payload, "")).encode()
    host = ("host", "bedrock-agentcore.us-east-1.amazonaws.com")
    plain = ("content-type", "application/json")
    return Request(
        operation.http["method"],
        path,
        urlencode(query),
        (host, plain, *headers),
        content,
    )


def _text(value: Value) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _in_query(shape: StructureShape) -> list[str]:
    members = shape.members.items()
    return [name for name, one in members if one.serialization.get("location") == "querystring"]


def _sendable(shape: StructureShape, what: str, path: Path) -> bool:
    """Tell whether a request can say it: a path has no empty part, and text has no type.

    An empty payload is one too.
    """
    if path[0] == shape.serialization.get("payload"):
        return False
    location = shape.members[str(path[0])].serialization.get("location")
    if location == "uri":
        return what not in ("missing", "too short", "type")
    if location in ("querystring", "header"):
        number = shape.members[str(path[0])].type_name in ("integer", "long")
        return what in ("below", "above", "enum", "pattern") or (what == "type" and number)
    return True


def _wrong_members(
    shape: StructureShape, whole: dict[str, Value], path: Path
) -> Iterator[tuple[str, Path, Value]]:
    """Yield what can be wrong in a structure: (what, where, the value there or MISSING)."""
    for name in shape.required_members:
        yield "missing", (*path, name), MISSING
    for name, member in shape.members.items():
        if name in whole:
            yield from _wrong(member, whole[name], (*path, name))


def _wrong(shape: Shape, value: Value, path: Path) -> Iterator[tuple[str, Path, Value]]:
    if isinstance(shape, StructureShape):
        yield from _wrong_structure(shape, value, path)
    elif isinstance(shape, ListShape):
        yield from _wrong_list(shape, value, path)
    elif isinstance(shape, MapShape):
        yield "type", path, ["not", "a", "map"]
    elif shape.type_name == "string":
        yield from ((what, path, text) for what, text in _wrong_strings(shape))
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from ((what, path, number) for what, number in _wrong_numbers(shape))
    elif shape.type_name in ("boolean", "timestamp"):
        yield "type", path, {"not": shape.type_name}


def _wrong_structure(
    shape: StructureShape, value: Value, path: Path
) -> Iterator[tuple[str, Path, Value]]:
    if shape.is_document_type:
        return
    yield "type", path, "not a structure"
    if is_union(shape):
        yield "no member", path, {}
    yield from _wrong_members(shape, value, path)


def _wrong_list(shape: ListShape, value: Value, path: Path) -> Iterator[tuple[str, Path, Value]]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", LONGEST)
    yield "type", path, {"not": "a list"}
    if low:
        yield "too short", path, value[: low - 1]
    if high < LONGEST and value:
        yield "too long", path, [deepcopy(value[0]) for _ in range(high + 1)]
    if value:
        yield from _wrong(shape.member, value[0], (*path, 0))


def _wrong_strings(shape: Shape) -> Iterator[tuple[str, Value]]:
    low, high = shape.metadata.get("min", 0), shape.metadata.get("max", LONGEST)
    yield "type", 7
    if enum := shape.metadata.get("enum"):
        yield "enum", f"{enum[0]}-not"
        return
    if low > 0:
        yield "too short", text_of(shape)[: low - 1]
    if high < LONGEST:
        yield "too long", (text_of(shape) or DEFAULT) * (high + 1)
    pattern = shape.metadata.get("pattern")
    for text in ("\t \n", "%%%", "é" * max(low, 1)):
        if pattern and low <= len(text) <= high and not re.fullmatch(pattern, text):
            yield "pattern", text
            return


def _wrong_numbers(shape: Shape) -> Iterator[tuple[str, Value]]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    yield "type", "many"
    if low is not None:
        yield "below", low - 1
    if high is not None:
        yield "above", high + 1


MISSING = object()


def _changed(whole: dict[str, Value], path: Path, value: Value) -> dict[str, Value]:
    made = deepcopy(whole)
    place: Value = made
    for step in path[:-1]:
        place = place[step]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return made
