"""Requests read by the model: path, query, headers and body become one set of members."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from botocore.model import ListShape, MapShape, Shape, StructureShape
from pydantic_core import from_json

from localcloud.agentcore.errors import BodyTooLarge, FieldProblem, ValidationFailed
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.wire.operations import Match, operation_model, uri_labels
from localcloud.agentcore.wire.shapes import Problems, check_members
from localcloud.cloud import Request

MAX_BODY_BYTES: Final = 12 * 1024 * 1024
"""Largest request body that is read. Our choice: an event of a memory may have a payload of 10 MB
(quotas page), and its JSON needs room."""

_MISSHAPEN: Final = object()


@dataclass(frozen=True)
class Input:
    """What a request says. `problems` breaks the model; `raise_problems` refuses it."""

    members: JsonObject
    problems: tuple[FieldProblem, ...]

    def raise_problems(self) -> None:
        """Refuse input that breaks the model.

        Raises:
            ValidationFailed: naming every member concerned.
        """
        if self.problems:
            raise ValidationFailed.of_fields(self.problems)


def read_input(match: Match, request: Request) -> Input:
    """Read a request for `match`.

    Raises:
        BodyTooLarge: the body has more than `MAX_BODY_BYTES`.
        ValidationFailed: the body is not a JSON object (reason `CannotParse`),
            or is nested more deeply than we can follow.
    """
    shape = operation_model(match.service, match.operation).input_shape
    if shape is None:
        return Input({}, ())
    values = dict(_body(shape, request))
    labels = dict(zip(uri_labels(match.service, match.operation), match.segments, strict=True))
    query = parse_qs(request.query, keep_blank_values=True)
    problems: Problems = []
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        key = member.serialization.get("name", name)
        if location == "uri":
            values[name] = labels.get(key)
        elif location == "querystring":
            values[name] = _from_query(member, query.get(key))
        elif location == "header":
            values[name] = _from_text(member, request.header(key.lower()))
    try:
        members = check_members(shape, values, "", problems)
    except RecursionError as error:
        raise ValidationFailed("The request is nested too deeply") from error
    return Input(members, tuple(problems))


def _body(shape: StructureShape, request: Request) -> dict[str, object]:
    if len(request.body) > MAX_BODY_BYTES:
        raise BodyTooLarge(f"Request body must be at most {MAX_BODY_BYTES} bytes")
    if not request.body.strip():
        return {}
    try:
        body = from_json(request.body, allow_inf_nan=False)
    except ValueError as error:
        message = "The request body could not be parsed as JSON"
        raise ValidationFailed(message, reason="CannotParse") from error
    if not isinstance(body, dict):
        message = "The request body must be a JSON object"
        raise ValidationFailed(message, reason="CannotParse")
    in_body = {
        member.serialization.get("name", name): name
        for name, member in shape.members.items()
        if "location" not in member.serialization
    }
    return {in_body[key]: value for key, value in body.items() if key in in_body}


def _from_query(shape: Shape, values: list[str] | None) -> Any:  # noqa: ANN401 - JSON
    if values is None:
        return None
    if isinstance(shape, ListShape):
        return [_from_text(shape.member, value) for value in values]
    if isinstance(shape, MapShape):
        return None
    return _from_text(shape, values[-1])


def _from_text(shape: Shape, text: str | None) -> Any:  # noqa: ANN401 - JSON
    """Read a member written as text. What cannot be read stays text, and fails the check."""
    if text is None or shape.type_name not in _READERS:
        return text
    value = _READERS[shape.type_name](text)
    return text if value is _MISSHAPEN else value


def _integer(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        return _MISSHAPEN


def _boolean(text: str) -> object:
    return {"true": True, "false": False}.get(text.lower(), _MISSHAPEN)


_READERS: Final[dict[str, Callable[[str], object]]] = {
    "integer": _integer,
    "long": _integer,
    "boolean": _boolean,
}
