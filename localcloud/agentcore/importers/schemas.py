"""From OpenAPI schema objects to JSON Schema without references.

Refused, each with the JSON pointer of the culprit: `oneOf`, `anyOf`, `allOf` and `not`, references
to other documents, and references that lead back to themselves.

Source: AgentCore Developer Guide, OpenAPI targets, unsupported features. Refusing cyclic references
is our choice (claim `gateway.import-cycle`).
"""

import re
from typing import Any, Final
from urllib.parse import unquote

from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.pointers import step
from localcloud.agentcore.ports import ImportFailed

MAX_NODES: Final = 20_000
"""Schema objects one document may unfold to: references can multiply like rabbits."""

MAX_DEPTH: Final = 64
"""Schema objects inside each other, references followed."""

_COMBINATORS: Final = ("oneOf", "anyOf", "allOf", "not")
_KEPT: Final = frozenset(
    {
        "type",
        "title",
        "description",
        "enum",
        "const",
        "default",
        "format",
        "pattern",
        "minimum",
        "maximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
    }
)


def expect_object(value: object, pointer: str) -> JsonObject:
    """Return `value` if it is a JSON object.

    Raises:
        ImportFailed: it is something else.
    """
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise ImportFailed(f"The API document is not valid: {pointer} is not an object.")
    return value


class Resolver:
    """One API document: its references, followed."""

    def __init__(self, document: JsonObject) -> None:
        """Take the parsed document."""
        self._document = document
        self._nodes = 0

    def follow(self, value: object, pointer: str) -> tuple[JsonObject, str]:
        """Return the object that `value` is or refers to, and where that is.

        Raises:
            ImportFailed: not an object, or the reference leads nowhere, elsewhere or in a circle.
        """
        seen: list[str] = []
        node = expect_object(value, pointer)
        while "$ref" in node:
            target = self._target(node["$ref"], pointer)
            if target in seen:
                raise ImportFailed(f"{step(pointer, '$ref')}: {target} refers to itself.")
            seen.append(target)
            node, pointer = expect_object(self._at(target, pointer), target), target
        return node, pointer

    def schema(self, value: object, pointer: str) -> JsonObject:
        """Return a schema object as JSON Schema 2020-12, references inlined.

        Raises:
            ImportFailed: it holds something a gateway does not take.
        """
        return self._schema(value, pointer, ())

    def _schema(self, value: object, pointer: str, above: tuple[str, ...]) -> JsonObject:
        if isinstance(value, bool):  # OpenAPI 3.1
            return {} if value else {"not": {}}
        node, pointer = self.follow(value, pointer)
        self._count(pointer, above)
        for combinator in _COMBINATORS:
            if combinator in node:
                where = step(pointer, combinator)
                raise ImportFailed(f"{where}: {combinator} is not supported in a tool's schema.")
        made = {key: node[key] for key in node if key in _KEPT}
        return (
            made | self._bounds(node) | self._nested(node, pointer, (*above, pointer)) | _type(node)
        )

    def _count(self, pointer: str, above: tuple[str, ...]) -> None:
        self._nodes += 1
        if pointer in above:
            raise ImportFailed(f"{pointer}: the schema refers to itself.")
        if self._nodes > MAX_NODES or len(above) > MAX_DEPTH:
            raise ImportFailed(f"{pointer}: the schemas are too large or nested too deeply.")

    def _nested(self, node: JsonObject, pointer: str, above: tuple[str, ...]) -> JsonObject:
        made: JsonObject = {}
        if "properties" in node:
            where = step(pointer, "properties")
            members = expect_object(node["properties"], where)
            made["properties"] = {
                name: self._schema(member, step(where, name), above)
                for name, member in members.items()
            }
        for key in ("items", "additionalProperties"):
            if isinstance(node.get(key), bool):
                made[key] = node[key]
            elif key in node:
                made[key] = self._schema(node[key], step(pointer, key), above)
        if required := names(node.get("required", []), step(pointer, "required")):
            made["required"] = required
        return made

    @staticmethod
    def _bounds(node: JsonObject) -> JsonObject:
        """Translate OpenAPI 3.0's boolean `exclusiveMinimum` and `exclusiveMaximum`."""
        made: JsonObject = {}
        for bound, exclusive in (
            ("minimum", "exclusiveMinimum"),
            ("maximum", "exclusiveMaximum"),
        ):
            value = node.get(exclusive)
            if value is True and bound in node:
                made[exclusive] = node[bound]
            elif isinstance(value, int | float) and not isinstance(value, bool):
                made[exclusive] = value
        return made

    def _target(self, reference: object, pointer: str) -> str:
        where = step(pointer, "$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise ImportFailed(f"{where}: only references within the document are supported.")
        if not reference.startswith("#/"):
            raise ImportFailed(f"{where}: {reference} is no JSON pointer.")
        return reference

    def _at(self, target: str, pointer: str) -> object:
        node: Any = self._document
        for part in unquote(target).split("/")[1:]:
            key: Any = part.replace("~1", "/").replace("~0", "~")
            if isinstance(node, list) and re.fullmatch("0|[1-9][0-9]{0,8}", key):
                key = int(key)
            try:
                node = node[key]
            except (KeyError, IndexError, TypeError) as error:
                where = step(pointer, "$ref")
                raise ImportFailed(f"{where}: {target} does not exist.") from error
        return node


def names(value: object, pointer: str) -> list[str]:
    """Return a list of strings as it is.

    Raises:
        ImportFailed: it is something else.
    """
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ImportFailed(f"The API document is not valid: {pointer} is not a list of names.")
    return value


def _type(node: JsonObject) -> JsonObject:
    """Give a schema with `properties` its type, and translate OpenAPI 3.0's `nullable`."""
    declared = node.get("type", "object" if "properties" in node else None)
    if declared is None:
        return {}
    if node.get("nullable") is not True or not isinstance(declared, str):
        return {"type": declared}
    made: JsonObject = {"type": [declared, "null"]}
    if isinstance(node.get("enum"), list):
        made["enum"] = [*node["enum"], None]
    return made
