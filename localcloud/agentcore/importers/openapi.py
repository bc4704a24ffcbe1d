"""From an OpenAPI 3 document to tools.

Parameters and the members of a JSON body become one flat object of arguments. An argument that is
named both as a parameter and in the body is one argument that goes to both places (claim
`gateway.import-clash`).

Source: AgentCore Developer Guide, OpenAPI targets and API Gateway targets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, cast
from urllib.parse import urlsplit

from localcloud.agentcore.importers.schemas import Resolver, expect_object
from localcloud.agentcore.model import HttpBinding, JsonObject, Parameter, Tool
from localcloud.agentcore.pointers import step
from localcloud.agentcore.ports import ImportFailed

Location = Literal["path", "query", "header", "body"]

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")
_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
_GREEDY: Final = re.compile(r"\{[^{}]*\+\}")
_IGNORED_HEADERS: Final = frozenset(
    # OpenAPI ignores parameters of the first three names; the rest belongs to the connection.
    {"accept", "content-type", "authorization", "host", "connection", "content-length"}
    | {"transfer-encoding", "cookie", "upgrade", "te", "trailer"}
)
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A token of RFC 9110; anything else would end the header and begin another."""
_STYLES: Final = {"path": "simple", "query": "form", "header": "simple"}


@dataclass(frozen=True)
class Operation:
    """One method of one path. `method` is upper case, `pointer` says where it is."""

    path: str
    method: str
    definition: JsonObject
    shared_parameters: tuple[tuple[object, str], ...]
    pointer: str

    @property
    def label(self) -> str:
        """Return method and path, for messages."""
        return f"{self.method} {self.path}"


class ApiDocument:
    """A parsed OpenAPI document."""

    def __init__(self, document: object) -> None:
        """Take what was parsed.

        Raises:
            ImportFailed: it is no OpenAPI 3.0 or 3.1 document.
        """
        self.content = expect_object(document, "#")
        version = self.content.get("openapi")
        if "swagger" in self.content:
            raise ImportFailed("Swagger 2.0 is not supported: give an OpenAPI 3.0 document.")
        if not isinstance(version, str) or not version.startswith(("3.0", "3.1")):
            raise ImportFailed("The API document is not OpenAPI 3.0 or 3.1.")
        self._resolver = Resolver(self.content)

    def server_url(self) -> str:
        """Return the first server's URL, variables replaced by their defaults, no slash at its end.

        Raises:
            ImportFailed: there is none, or it is not absolute.
        """
        servers = self.content.get("servers")
        if not isinstance(servers, list) or not servers:
            raise ImportFailed("#/servers: the API document names no server.")
        server = expect_object(servers[0], "#/servers/0")
        variables = expect_object(server.get("variables", {}), "#/servers/0/variables")

        def default(match: re.Match[str]) -> str:
            variable = variables.get(match[1])
            value = variable.get("default") if isinstance(variable, dict) else None
            return str(value).strip("/") if value is not None else match[0]

        url = _VARIABLE.sub(default, str(server.get("url", ""))).rstrip("/")
        if not _is_absolute(url):
            raise ImportFailed("#/servers/0/url: the server's URL is not a valid absolute URL.")
        return url

    def operations(self) -> Iterator[Operation]:
        """Yield the operations in the document's order."""
        for path, value in expect_object(self.content.get("paths", {}), "#/paths").items():
            item, pointer = self._resolver.follow(value, step("#/paths", path))
            listed = _list(item.get("parameters", []), step(pointer, "parameters"))
            for method in item:
                if method in METHODS:
                    where = step(pointer, method)
                    definition = expect_object(item[method], where)
                    yield Operation(path, method.upper(), definition, listed, where)

    def tool(
        self,
        operation: Operation,
        *,
        name: str,
        description: str | None,
        url: str,
        service: str | None,
    ) -> Tool:
        """Make one tool of an operation.

        Args:
            operation: one of `operations()`.
            name: the tool's name, without the target.
            description: None for the operation's own.
            url: the server's URL.
            service: what to sign for, as in `HttpBinding.service`.

        Raises:
            ImportFailed: the operation holds something a gateway does not take.
        """
        if _GREEDY.search(operation.path):
            raise ImportFailed(
                f"{operation.label}: greedy paths such as {{proxy+}} are not supported."
            )
        if not expect_object(operation.definition.get("responses") or {}, operation.pointer):
            raise ImportFailed(
                f"{operation.label} has no responses: declare at least one response for the method."
            )
        fields = _Fields(self._resolver)
        fields.add_parameters(operation)
        fields.add_body(operation)
        binding = HttpBinding(
            method=operation.method,
            url=url + operation.path,
            parameters=tuple(fields.parameters),
            service=service,
        )
        return Tool(
            name=name,
            description=description or _description(operation),
            input_schema=fields.schema(),
            binding=binding,
            output_schema=self._output_schema(operation),
        )

    def _output_schema(self, operation: Operation) -> JsonObject | None:
        where = step(operation.pointer, "responses")
        responses = expect_object(operation.definition["responses"], where)
        if "200" not in responses:
            return None
        response, where = self._resolver.follow(responses["200"], step(where, "200"))
        media, where = _json_media(response.get("content") or {}, step(where, "content"))
        if media is None or "schema" not in media:
            return None
        schema = self._resolver.schema(media["schema"], step(where, "schema"))
        return schema if schema.get("type") == "object" else None


class _Fields:
    """The flat object of arguments, as it grows."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._properties: JsonObject = {}
        self._required: list[str] = []
        self._extra: JsonObject = {}
        self.parameters: list[Parameter] = []

    def add_parameters(self, operation: Operation) -> None:
        own = _list(
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
        if parameter.get("style", _STYLES[location]) != _STYLES[location]:
            raise ImportFailed(f"{step(pointer, 'style')}: this serialisation is not supported.")
        schema = self._resolver.schema(parameter.get("schema", {}), step(pointer, "schema"))
        if isinstance(parameter.get("description"), str):
            schema = {**schema, "description": parameter["description"]}
        self._add(name, cast(Location, location), schema)
        if parameter.get("required") is True or location == "path":
            self._require(name)

    def add_body(self, operation: Operation) -> None:
        if not operation.definition.get("requestBody"):
            return
        value, pointer = operation.definition["requestBody"], step(operation.pointer, "requestBody")
        body, pointer = self._resolver.follow(value, pointer)
        content = body.get("content") or {}
        media, where = _json_media(content, step(pointer, "content"))
        if media is None:
            if content:
                raise ImportFailed(f"{where}: only application/json bodies are supported.")
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

    def _expect_path_parameters(self, operation: Operation) -> None:
        """Declare what the path holds and the document forgot: a call could not be made without."""
        declared = {each.name for each in self.parameters if each.location == "path"}
        for name in _VARIABLE.findall(operation.path):
            if name not in declared:
                self._add(name, "path", {"type": "string"})
                self._require(name)

    def schema(self) -> JsonObject:
        schema: JsonObject = {"type": "object", "properties": self._properties, **self._extra}
        if self._required:
            schema["required"] = self._required
        return schema


def _json_media(content: object, pointer: str) -> tuple[JsonObject | None, str]:
    """Return the JSON member of a `content` object and its pointer, or None."""
    for media_type, media in expect_object(content, pointer).items():
        if media_type.partition(";")[0].strip().lower() == "application/json":
            where = step(pointer, media_type)
            return expect_object(media, where), where
    return None, pointer


def _list(value: object, pointer: str) -> tuple[tuple[object, str], ...]:
    if not isinstance(value, list):
        raise ImportFailed(f"The API document is not valid: {pointer} is not a list.")
    return tuple((item, step(pointer, index)) for index, item in enumerate(value))


def _description(operation: Operation) -> str:
    own = operation.definition.get("description") or operation.definition.get("summary")
    return own if isinstance(own, str) else operation.label


def _is_absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.netloc) and "{" not in parts.netloc
