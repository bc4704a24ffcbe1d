"""From an OpenAPI 3 document to tools.

Source: AgentCore Developer Guide, OpenAPI targets and API Gateway targets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from localcloud.agentcore.importers.addresses import server_url
from localcloud.agentcore.importers.fields import Fields, json_media, listed
from localcloud.agentcore.importers.schemas import Resolver, expect_object
from localcloud.agentcore.model import HttpBinding, JsonObject, Tool
from localcloud.agentcore.pointers import step
from localcloud.agentcore.ports import ImportFailed

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")
_GREEDY: Final = re.compile(r"\{[^{}]*\+\}")
_REFUSED: Final = ("callbacks", "servers")
"""Members of an operation that would make it another one: answers elsewhere, another host."""


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
            raise ImportFailed(
                "#/swagger: Swagger 2.0 is not supported: give an OpenAPI 3.0 document."
            )
        if not isinstance(version, str) or not re.match(r"3\.[01](\.|$)", version):
            raise ImportFailed("#/openapi: the API document is not OpenAPI 3.0 or 3.1.")
        if self.content.get("webhooks"):
            raise ImportFailed("#/webhooks: webhooks are not supported.")
        self._resolver = Resolver(self.content)

    def server_url(self) -> str:
        """Return the API's own URL; see `addresses.server_url`.

        Raises:
            ImportFailed: there is none that a gateway takes.
        """
        return server_url(self.content)

    def operations(self) -> Iterator[Operation]:
        """Yield the operations in the document's order.

        Raises:
            ImportFailed: paths, or what they refer to, are not objects.
        """
        for path, value in expect_object(self.content.get("paths", {}), "#/paths").items():
            item, pointer = self._resolver.follow(value, step("#/paths", path))
            if item.get("servers"):
                raise ImportFailed(f"{step(pointer, 'servers')}: only the document has servers.")
            shared = listed(item.get("parameters", []), step(pointer, "parameters"))
            for method in item:
                if method in METHODS:
                    where = step(pointer, method)
                    definition = expect_object(item[method], where)
                    yield Operation(path, method.upper(), definition, shared, where)

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
        _check(operation)
        fields = Fields(self._resolver)
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
        media, where = json_media(response.get("content") or {}, step(where, "content"))
        if media is None or "schema" not in media:
            return None
        schema = self._resolver.schema(media["schema"], step(where, "schema"))
        return schema if schema.get("type") == "object" else None


def _check(operation: Operation) -> None:
    if _GREEDY.search(operation.path):
        raise ImportFailed(f"{operation.label}: greedy paths such as {{proxy+}} are not supported.")
    for member in _REFUSED:
        if operation.definition.get(member):
            where = step(operation.pointer, member)
            raise ImportFailed(f"{where}: {member} of an operation are not supported.")
    if not expect_object(operation.definition.get("responses") or {}, operation.pointer):
        raise ImportFailed(
            f"{operation.label} has no responses: declare at least one response for the method."
        )


def _description(operation: Operation) -> str:
    own = operation.definition.get("description") or operation.definition.get("summary")
    return own if isinstance(own, str) else operation.label
