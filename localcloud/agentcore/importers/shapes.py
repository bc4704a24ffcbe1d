"""From Smithy shapes to JSON Schema.

A structure is an object, and so is a union, of exactly one member. A shape inside itself is
unfolded `MAX_SELF` times; deeper down anything of its JSON type goes. What the schema does not
say, such as patterns, the service checks itself.

Sources: Smithy 2.0 specification, JSON AST, simple and aggregate types, constraint traits; AWS
restJson1 and awsJson1_0 protocols, shape serialisation.
"""

import html
import re
from typing import Final

from localcloud.agentcore.importers.schemas import MAX_DEPTH, MAX_NODES, expect_object
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.pointers import step
from localcloud.agentcore.ports import ImportFailed

MAX_SELF: Final = 2
"""How often a shape may be inside itself."""

API: Final = "smithy.api#"
_PRELUDE: Final = {
    f"{API}{name}": kind
    for kind, names in {
        "blob": ("Blob",),
        "boolean": ("Boolean", "PrimitiveBoolean"),
        "string": ("String",),
        "byte": ("Byte", "PrimitiveByte"),
        "short": ("Short", "PrimitiveShort"),
        "integer": ("Integer", "PrimitiveInteger"),
        "long": ("Long", "PrimitiveLong"),
        "float": ("Float", "PrimitiveFloat"),
        "double": ("Double", "PrimitiveDouble"),
        "bigInteger": ("BigInteger",),
        "bigDecimal": ("BigDecimal",),
        "timestamp": ("Timestamp",),
        "document": ("Document",),
        "structure": ("Unit",),
    }.items()
    for name in names
}
_INTEGERS: Final = ("byte", "short", "integer", "long", "bigInteger", "intEnum")
_SIMPLE: Final[dict[str, JsonObject]] = {
    "blob": {"type": "string", "contentEncoding": "base64"},
    "boolean": {"type": "boolean"},
    "string": {"type": "string"},
    "enum": {"type": "string"},
    "document": {},
    "timestamp": {"type": "number"},
    **{kind: {"type": "integer"} for kind in _INTEGERS},
    **{kind: {"type": "number"} for kind in ("float", "double", "bigDecimal")},
}
_AGGREGATE: Final = {
    **dict.fromkeys(("list", "set"), "array"),
    **dict.fromkeys(("map", "structure", "union"), "object"),
}
_LENGTHS: Final = {
    "string": ("minLength", "maxLength"),
    "list": ("minItems", "maxItems"),
    "set": ("minItems", "maxItems"),
    "map": ("minProperties", "maxProperties"),
}
_TAG: Final = re.compile(r"<[^>]*>")
_DATE_TIME: Final = {"type": "string", "format": "date-time"}
_TIMESTAMPS: Final[dict[str, JsonObject]] = {
    "date-time": _DATE_TIME,
    "http-date": {"type": "string"},
}


class Shapes:
    """The shapes of one model, by their ids."""

    def __init__(self, model: object) -> None:
        """Take a parsed JSON AST.

        Raises:
            ImportFailed: it is none, or of another version.
        """
        content = expect_object(model, "#")
        version = content.get("smithy")
        if not isinstance(version, str) or not re.fullmatch(r"[12](\.[0-9]+)?", version):
            raise ImportFailed("#/smithy: the document is not a Smithy model in JSON.")
        self._shapes = expect_object(content.get("shapes"), "#/shapes")
        self._nodes = 0

    def services(self) -> list[str]:
        """Return the ids of the services."""
        return [id_ for id_ in self._shapes if self.find(id_).get("type") == "service"]

    def find(self, id_: object) -> JsonObject:
        """Return a shape.

        Raises:
            ImportFailed: there is none of this id.
        """
        if not isinstance(id_, str) or (id_ not in self._shapes and id_ not in _PRELUDE):
            raise ImportFailed(f"The shape {id_} does not exist.")
        if id_ in _PRELUDE:
            return {"type": _PRELUDE[id_]}
        shape = expect_object(self._shapes[id_], step("#/shapes", id_))
        if not isinstance(shape.get("type"), str):
            raise ImportFailed(f"{id_}: a shape has a type.")
        return shape

    def members(self, id_: str) -> dict[str, JsonObject]:
        """Return the members of a structure or union, or none.

        Raises:
            ImportFailed: they are not all in the shape itself.
        """
        shape = self.find(id_)
        where = step("#/shapes", id_)
        if shape.get("mixins"):
            raise ImportFailed(f"{id_}: mixins are not supported, flatten the model.")
        members = expect_object(shape.get("members") or {}, step(where, "members"))
        return {name: expect_object(each, step(where, name)) for name, each in members.items()}

    def member(self, owner: str, name: str, member: JsonObject, *, body: bool) -> JsonObject:
        """Return the schema of a member; `body` says whether it goes into a JSON body.

        Raises:
            ImportFailed: it holds something a gateway does not take.
        """
        return self._member(f"{owner}${name}", member, (owner,), body=body)

    def _member(
        self, label: str, member: JsonObject, above: tuple[str, ...], *, body: bool
    ) -> JsonObject:
        target = member.get("target")
        own, shape = traits(member), self.find(target)
        for streaming in (own, traits(shape)):
            if f"{API}streaming" in streaming:
                raise ImportFailed(f"{label}: streaming is not supported.")
        schema = self._schema(str(target), above)
        if shape["type"] == "timestamp":
            schema = _timestamp(traits(shape) | own, body=body)
        text = documentation(own) or documentation(traits(shape))
        return {**schema, "description": text} if text else schema

    def _schema(self, id_: str, above: tuple[str, ...]) -> JsonObject:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(above) > MAX_DEPTH:
            raise ImportFailed(f"{id_}: the shapes are too many or nested too deeply.")
        shape = self.find(id_)
        kind = str(shape["type"])
        if kind in _SIMPLE:
            return _SIMPLE[kind] | _bounds(kind, traits(shape)) | self._enum(id_, kind)
        if kind not in _AGGREGATE:
            raise ImportFailed(f"{id_}: a shape of type {kind} cannot be an argument.")
        if above.count(id_) >= MAX_SELF:
            return {"type": _AGGREGATE[kind]}
        return self._aggregate(id_, kind, (*above, id_)) | _bounds(kind, traits(shape))

    def _aggregate(self, id_: str, kind: str, above: tuple[str, ...]) -> JsonObject:
        shape = self.find(id_)
        where = step("#/shapes", id_)
        if kind in ("list", "set"):
            member = expect_object(shape.get("member"), step(where, "member"))
            items = self._member(f"{id_}$member", member, above, body=True)
            return {"type": "array", "items": items}
        if kind == "map":
            value = expect_object(shape.get("value"), step(where, "value"))
            values = self._member(f"{id_}$value", value, above, body=True)
            return {"type": "object", "additionalProperties": values}
        return self._object(id_, kind, above)

    def _object(self, id_: str, kind: str, above: tuple[str, ...]) -> JsonObject:
        properties: JsonObject = {}
        required: list[str] = []
        for name, member in self.members(id_).items():
            sent_as = json_name(name, member)
            properties[sent_as] = self._member(f"{id_}${name}", member, above, body=True)
            if f"{API}required" in traits(member):
                required.append(sent_as)
        schema: JsonObject = {"type": "object", "properties": properties}
        if kind == "union":
            return schema | {"minProperties": 1, "maxProperties": 1}
        return schema | ({"required": required} if required else {})

    def _enum(self, id_: str, kind: str) -> JsonObject:
        if kind in ("enum", "intEnum"):
            named = self.members(id_).items()
            return {"enum": [traits(each).get(f"{API}enumValue", name) for name, each in named]}
        values = traits(self.find(id_)).get(f"{API}enum")  # Smithy 1.0
        if kind != "string" or not isinstance(values, list):
            return {}
        return {
            "enum": [each["value"] for each in values if isinstance(each, dict) and "value" in each]
        }


def traits(shape: JsonObject) -> JsonObject:
    """Return the traits of a shape or a member."""
    found = shape.get("traits")
    return found if isinstance(found, dict) else {}


def json_name(name: str, member: JsonObject) -> str:
    """Return what a member is called in a JSON body."""
    return str(traits(member).get(f"{API}jsonName", name))


def documentation(found: JsonObject) -> str:
    """Return the text of a documentation trait without its HTML, or nothing."""
    text = found.get(f"{API}documentation")
    if not isinstance(text, str):
        return ""
    return " ".join(html.unescape(_TAG.sub(" ", text)).split())


def _timestamp(found: JsonObject, *, body: bool) -> JsonObject:
    form = found.get(f"{API}timestampFormat", "epoch-seconds" if body else "date-time")
    return dict(_TIMESTAMPS.get(str(form), {"type": "number"}))


def _bounds(kind: str, found: JsonObject) -> JsonObject:
    made: JsonObject = {}
    length, number = found.get(f"{API}length"), found.get(f"{API}range")
    if isinstance(length, dict) and kind in _LENGTHS:
        made |= _pair(length, *_LENGTHS[kind])
    if isinstance(number, dict) and _SIMPLE.get(kind, {}).get("type") in ("integer", "number"):
        made |= _pair(number, "minimum", "maximum")
    return made


def _pair(given: JsonObject, low: str, high: str) -> JsonObject:
    pairs = ((low, given.get("min")), (high, given.get("max")))
    return {key: value for key, value in pairs if isinstance(value, int | float)}
