"""The arguments of an OpenAPI operation: parameters and the members of a JSON body, side by side.

An argument that is named both as a parameter and in the body is one argument that goes to both
places (claim `gateway.import-clash`).

Source: AgentCore Developer Guide, OpenAPI targets: no complex serialisers of parameters. What is
left are single values and lists of them, as OpenAPI writes them if a document says nothing.
"""

import re
from typing import TYPE_CHECKING, Final, Literal, cast

from localcloud.agentcore.importers.addresses import VARIABLE
from localcloud.agentcore.importers.schemas import Resolver, expect_object
from localcloud.agentcore.model import JsonObject, Parameter
from localcloud.agentcore.pointers import step
from localcloud.agentcore.ports import ImportFailed

if TYPE_CHECKING:
    from localcloud.agentcore.importers.openapi import Operation

type Location = Literal["path", "query", "header", "body"]

_IGNORED_HEADERS: Final = frozenset(
    # OpenAPI ignores parameters of the first three names; the rest belongs to the connection.
    {"accept", "content-type", "authorization", "host", "connection", "content-length"}
    | {"transfer-encoding", "cookie", "upgrade", "te", "trailer"}
)
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token of RFC 9110; anything else would end the header and begin another."""
_STYLES: Final = {"path": "simple", "query": "form", "header": "simple"}
_EXPLODES: Final = {"path": False, "query": True, "header": False}
"""How each place writes a list unless the document says otherwise, which is how we write it."""


class Fields:
    """The flat object of arguments, as it grows."""

    def __init__(self, resolver: Resolver) -> None:
        """Take what follows the document's references."""
        self._resolver = resolver
        self._properties: JsonObject = {}
        self._required: list[str] = []
        self._extra: JsonObject = {}
        self.parameters: list[Parameter] = []

    def add_parameters(self, operation: "Operation") -> None:
        """Add an operation's parameters, and those its path's operations share.

        Raises:
            ImportFailed: one is not as a gateway takes them.
        """
        own = listed(
            operation.definition.get("parameters", []), step(operation.pointer, "parameters")
        )
        found: dict[tuple[str, str], tuple[JsonObject, str]] = {}
        for value, pointer in (*operation.shared_parameters, *own):  # its own replace the path's
            parameter, where = self._resolver.follow(value, pointer)
            found[str(parameter.get("in")), str(parameter.get("name"))] = parameter, where
        for (location, name), (parameter, pointer) in found.items():
            self._add_parameter(location, name, parameter, pointer)
        self._expect_path_parameters(operation)

    def _add_parameter(self, location: str, name: str, parameter: JsonObject, pointer: str) -> None:
        ignored = location == "header" and name.lower() in _IGNORED_HEADERS
        if ignored or location == "cookie":
            return
        if location not in _STYLES:
            raise ImportFailed(
                f"{step(pointer, 'in')}: {location!r} is not a place for a parameter."
            )
        if location == "header" and not _HEADER_NAME.fullmatch(name):
            raise ImportFailed(f"{step(pointer, 'name')}: this is no name of a header.")
        schema = self._resolver.schema(parameter.get("schema", {}), step(pointer, "schema"))
        _check_serialisation(location, parameter, schema, pointer)
        if isinstance(parameter.get("description"), str):
            schema = {**schema, "description": parameter["description"]}
        self._add(name, cast(Location, location), schema)
        if parameter.get("required") is True or location == "path":
            self._require(name)

    def add_body(self, operation: "Operation") -> None:
        """Add the members of an operation's JSON body.

        Raises:
            ImportFailed: it has another body.
        """
        if not operation.definition.get("requestBody"):
            return
        value, pointer = operation.definition["requestBody"], step(operation.pointer, "requestBody")
        body, pointer = self._resolver.follow(value, pointer)
        content = body.get("content") or {}
        media, where = json_media(content, step(pointer, "content"))
        if media is None:
            if content:
                culprit = step(where, next(iter(content)))
                raise ImportFailed(f"{culprit}: only application/json bodies are supported.")
            return
        where = step(where, "schema")
        schema = self._resolver.schema(media.get("schema", {}), where)
        if schema.get("type", "object") != "object":
            raise ImportFailed(f"{where}: only an object can be the body of a tool.")
        self._add_members(schema, required=body.get("required") is True)

    def _add_members(self, schema: JsonObject, *, required: bool) -> None:
        for name, member in schema.get("properties", {}).items():
            self._add(name, "body", member)
        if required:
            for name in schema.get("required", []):
                self._require(name)
        # A body without declared members is a free-form object.
        allowed = schema.get("additionalProperties", "properties" not in schema)
        if allowed is not False:
            self._extra = {"additionalProperties": allowed}

    def _add(self, name: str, location: Location, schema: JsonObject) -> None:
        self._properties.setdefault(name, schema)
        self.parameters.append(Parameter(name, location))

    def _require(self, name: str) -> None:
        if name not in self._required:
            self._required.append(name)

    def _expect_path_parameters(self, operation: "Operation") -> None:
        """Declare what the path holds and the document forgot: a call could not be made without."""
        declared = {each.name for each in self.parameters if each.location == "path"}
        for name in VARIABLE.findall(operation.path):
            if name not in declared:
                self._add(name, "path", {"type": "string"})
                self._require(name)

    def schema(self) -> JsonObject:
        """Return the arguments as a JSON Schema."""
        schema: JsonObject = {"type": "object", "properties": self._properties, **self._extra}
        if self._required:
            schema["required"] = self._required
        return schema


def json_media(content: object, pointer: str) -> tuple[JsonObject | None, str]:
    """Return the JSON member of a `content` object and its pointer, or None.

    Raises:
        ImportFailed: `content` is no object.
    """
    for media_type, media in expect_object(content, pointer).items():
        if media_type.partition(";")[0].strip().lower() == "application/json":
            where = step(pointer, media_type)
            return expect_object(media, where), where
    return None, pointer


def listed(value: object, pointer: str) -> tuple[tuple[object, str], ...]:
    """Return the items of a list, each with its pointer.

    Raises:
        ImportFailed: it is none.
    """
    if not isinstance(value, list):
        raise ImportFailed(f"The API document is not valid: {pointer} is not a list.")
    return tuple((item, step(pointer, index)) for index, item in enumerate(value))


def _check_serialisation(
    location: str, parameter: JsonObject, schema: JsonObject, pointer: str
) -> None:
    """Refuse a parameter that would not be written as `gateway.outbound` writes it."""
    given = schema.get("type")
    kinds = given if isinstance(given, list) else [given]
    default_explode = _EXPLODES[location]
    for member, wrong in (
        ("content", "content" in parameter),
        ("style", parameter.get("style", _STYLES[location]) != _STYLES[location]),
        (
            "explode",
            "array" in kinds and parameter.get("explode", default_explode) != default_explode,
        ),
        ("allowReserved", parameter.get("allowReserved", False) is not False),
        ("schema", "object" in kinds),
    ):
        if wrong:
            raise ImportFailed(f"{step(pointer, member)}: this serialisation is not supported.")
