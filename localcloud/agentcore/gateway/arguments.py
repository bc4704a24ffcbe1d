"""Check the arguments of a tools/call against the tool's input schema.

Source of the wording: a recorded reply of a gateway to a call without two required arguments.
The lines for anything but a missing argument are ours (claim `gateway.argument-lines`).
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

import jsonschema_rs
from jsonschema_rs import ValidationError, ValidationErrorKind

from localcloud.agentcore.model import JsonObject

MAX_LINES: Final = 50
"""Lines of one refusal."""

_HEADING: Final = "ValidationException - Parameter validation failed: Invalid request parameters:\n"
_JSON_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
    type(None): "null",
}


class UnusableSchema(Exception):
    """The schema cannot be checked against, for instance for a pattern that is no expression."""

    code = "UnusableSchema"


class ArgumentCheck:
    """A tool's input schema, compiled."""

    def __init__(self, schema: JsonObject, *, strict: bool = True) -> None:
        """Compile. `strict` refuses arguments the schema does not name, unless it allows them.

        Raises:
            UnusableSchema: the schema is not a JSON Schema.
        """
        used = {"additionalProperties": False, **schema} if strict else schema
        try:
            self._validator = jsonschema_rs.validator_for(used, offline=True, mask="the value")
        except (ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise UnusableSchema(str(error).splitlines()[0]) from error

    def lines(self, arguments: JsonObject) -> tuple[str, ...]:
        """Return what is wrong, one line each without values of arguments, or nothing."""
        if self._validator.is_valid(arguments):
            return ()
        errors = self._validator.iter_errors(arguments)
        return tuple(islice((line for error in errors for line in _lines(error)), MAX_LINES))


def refusal(lines: tuple[str, ...]) -> str:
    """Return the text of the tool result that refuses the arguments."""
    return _HEADING + "\n".join(f"- {line}" for line in lines)


def _lines(error: ValidationError) -> Iterator[str]:
    at = [str(part) for part in error.instance_path]
    match error.kind:
        case ValidationErrorKind.Required(property=name):
            yield f"Missing required field(s): '{_joined(at, name)}'"
        case ValidationErrorKind.AdditionalProperties(unexpected=names):
            for name in names:
                yield f"Unexpected field(s): '{_joined(at, name)}'"
        case ValidationErrorKind.Type(types=types):
            given = _JSON_TYPES.get(type(error.instance), "unknown")
            expected = " or ".join(types)
            yield f"Invalid type for field '{_joined(at)}': expected {expected}, got {given}"
        case _:
            yield f"Invalid value for field '{_joined(at)}': {error.message}"


def _joined(path: list[str], *more: str) -> str:
    return ".".join([*path, *more]) or "arguments"
