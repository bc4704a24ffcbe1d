"""From a Smithy model of an AWS service to tools: one for each operation.

Two protocols are spoken, `aws.protocols#restJson1` and `aws.protocols#awsJson1_0`. The guide names
the first alone; the second is what DynamoDB speaks, which AWS's own toolkit offered as its default
model (claim `gateway.smithy-protocols`). The endpoint is the service's own in the region, the
service to sign for the model's.

Source: AgentCore Developer Guide, Smithy targets; Smithy 2.0 specification, HTTP bindings, AWS
protocols, `aws.api#service`, `aws.auth#sigv4`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from localcloud.agentcore.importers.schemas import expect_object
from localcloud.agentcore.importers.shapes import (
    API,
    Shapes,
    documentation,
    json_name,
    traits,
)
from localcloud.agentcore.model import HttpBinding, JsonObject, Parameter, Tool
from localcloud.agentcore.pointers import step
from localcloud.agentcore.ports import ImportFailed

REST_JSON: Final = "aws.protocols#restJson1"
AWS_JSON: Final = "aws.protocols#awsJson1_0"
_LIFE: Final = ("create", "put", "read", "update", "delete", "list")
_LISTS: Final = ("operations", "collectionOperations")
_UNSUPPORTED: Final = ("httpPayload", "httpPrefixHeaders", "httpQueryParams", "hostLabel")
_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_METHOD: Final = re.compile(r"[A-Z]+")
_HEADER: Final = re.compile(r"[A-Za-z0-9-]+")


@dataclass(frozen=True)
class _Service:
    """What every operation of a service shares."""

    id: str
    protocol: str
    url: str
    signs_as: str

    @property
    def name(self) -> str:
        """Return the part of the id that requests carry."""
        return _name(self.id)


@dataclass
class _Fields:
    """The arguments of one operation, as they grow."""

    properties: JsonObject = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)

    def schema(self) -> JsonObject:
        """Return them as a JSON Schema."""
        schema: JsonObject = {"type": "object", "properties": self.properties}
        return schema | ({"required": self.required} if self.required else {})


def smithy_tools(model: object, region: str) -> tuple[Tool, ...]:
    """Make the tools of the model's one service.

    Raises:
        ImportFailed: no such model, or it holds something a gateway does not take; the shape's id
            says where.
    """
    shapes = Shapes(model)
    services = shapes.services()
    if len(services) != 1:
        raise ImportFailed(f"The model has {len(services)} services; a target takes one.")
    service = _service(shapes, services[0], region)
    tools: dict[str, Tool] = {}
    for id_ in _operations(shapes, service.id, {service.id}):
        tool = _tool(shapes, service, id_)
        if tool.name in tools:
            raise ImportFailed(f"{id_}: there are two operations named '{tool.name}'.")
        tools[tool.name] = tool
    return tuple(tools.values())


def _service(shapes: Shapes, id_: str, region: str) -> _Service:
    found = traits(shapes.find(id_))
    protocol = next((each for each in (REST_JSON, AWS_JSON) if each in found), None)
    if protocol is None:
        raise ImportFailed(f"{id_}: the service speaks neither {REST_JSON} nor {AWS_JSON}.")
    api, auth = found.get("aws.api#service"), found.get("aws.auth#sigv4")
    if not isinstance(api, dict):
        raise ImportFailed(f"{id_}: the service is none of AWS: it has no aws.api#service trait.")
    prefix = api.get("endpointPrefix") or api.get("arnNamespace")
    signs_as = (auth.get("name") if isinstance(auth, dict) else None) or api.get("arnNamespace")
    for value in (prefix, signs_as):
        if not isinstance(value, str) or not _HOST.fullmatch(value):
            raise ImportFailed(f"{id_}: the service has neither endpointPrefix nor arnNamespace.")
    return _Service(id_, protocol, f"https://{prefix}.{region}.amazonaws.com", str(signs_as))


def _operations(shapes: Shapes, owner: str, seen: set[str]) -> Iterator[str]:
    """Yield the ids of a service's or a resource's operations, each once."""
    shape = shapes.find(owner)
    for reference in _references(owner, shape, _LISTS, _LIFE):
        if reference not in seen:
            seen.add(reference)
            yield reference
    for reference in _references(owner, shape, ("resources",), ()):
        if reference not in seen:
            seen.add(reference)
            yield from _operations(shapes, reference, seen)


def _references(
    owner: str, shape: JsonObject, lists: tuple[str, ...], singles: tuple[str, ...]
) -> Iterator[str]:
    where = step("#/shapes", owner)
    given = [(shape[name], step(where, name)) for name in singles if name in shape]
    for name in lists:
        listed = shape.get(name, [])
        if not isinstance(listed, list):
            raise ImportFailed(f"The model is not valid: {step(where, name)} is not a list.")
        given += [(each, step(step(where, name), index)) for index, each in enumerate(listed)]
    for value, pointer in given:
        yield str(expect_object(value, pointer).get("target"))


def _tool(shapes: Shapes, service: _Service, id_: str) -> Tool:
    operation = shapes.find(id_)
    if operation.get("type") != "operation":
        raise ImportFailed(f"{id_}: this is no operation.")
    if f"{API}endpoint" in traits(operation):
        raise ImportFailed(f"{id_}: a host of its own is not supported.")
    _check_output(shapes, id_, operation)
    read = _rest if service.protocol == REST_JSON else _rpc
    fields, binding = read(shapes, service, id_, operation)
    return Tool(
        name=_name(id_),
        description=documentation(traits(operation)) or _name(id_),
        input_schema=fields.schema(),
        binding=binding,
    )


def _check_output(shapes: Shapes, id_: str, operation: JsonObject) -> None:
    output = _shape_of(id_, operation, "output")
    for name, member in shapes.members(output).items():
        streams = traits(member) | traits(shapes.find(member.get("target")))
        if f"{API}streaming" in streams:
            raise ImportFailed(f"{output}${name}: streaming is not supported.")


def _rpc(
    shapes: Shapes, service: _Service, id_: str, operation: JsonObject
) -> tuple[_Fields, HttpBinding]:
    fields = _Fields()
    owner = _shape_of(id_, operation, "input")
    for name, member in shapes.members(owner).items():
        _add(shapes, fields, owner, name, member, Parameter(name, "body"))
    headers = (
        ("content-type", "application/x-amz-json-1.0"),
        ("x-amz-target", f"{service.name}.{_name(id_)}"),
    )
    parameters = tuple(fields.parameters)
    return fields, HttpBinding("POST", f"{service.url}/", parameters, service.signs_as, headers)


def _rest(
    shapes: Shapes, service: _Service, id_: str, operation: JsonObject
) -> tuple[_Fields, HttpBinding]:
    http = traits(operation).get(f"{API}http")
    if not isinstance(http, dict):
        raise ImportFailed(f"{id_}: the operation has no {API}http trait.")
    method, uri = str(http.get("method")), str(http.get("uri"))
    if not _METHOD.fullmatch(method) or not uri.startswith("/"):
        raise ImportFailed(f"{id_}: method or uri of the {API}http trait are not valid.")
    fields = _Fields()
    owner = _shape_of(id_, operation, "input")
    for name, member in shapes.members(owner).items():
        _add(shapes, fields, owner, name, member, _place(f"{owner}${name}", name, member, uri))
    parameters = tuple(fields.parameters)
    return fields, HttpBinding(method, service.url + uri, parameters, service.signs_as)


def _place(label: str, name: str, member: JsonObject, uri: str) -> Parameter:
    found = traits(member)
    for unsupported in _UNSUPPORTED:
        if API + unsupported in found:
            raise ImportFailed(f"{label}: {unsupported} is not supported.")
    if f"{API}httpLabel" in found:
        if f"{{{name}+}}" in uri:
            return Parameter(name, "path", f"{name}+")
        return Parameter(name, "path")
    if f"{API}httpQuery" in found:
        return Parameter(name, "query", str(found[f"{API}httpQuery"]))
    if f"{API}httpHeader" in found:
        header = str(found[f"{API}httpHeader"])
        if not _HEADER.fullmatch(header):
            raise ImportFailed(f"{label}: this is no name of a header.")
        return Parameter(name, "header", header)
    return Parameter(json_name(name, member), "body")


def _add(
    shapes: Shapes,
    fields: _Fields,
    owner: str,
    name: str,
    member: JsonObject,
    parameter: Parameter,
) -> None:
    body = parameter.location == "body"
    if parameter.name in fields.properties:
        raise ImportFailed(f"{owner}${name}: there are two arguments named '{parameter.name}'.")
    fields.properties[parameter.name] = shapes.member(owner, name, member, body=body)
    fields.parameters.append(parameter)
    if f"{API}required" in traits(member) or parameter.location == "path":
        fields.required.append(parameter.name)


def _shape_of(id_: str, operation: JsonObject, role: str) -> str:
    reference = operation.get(role)
    if reference is None:
        return f"{API}Unit"
    return str(expect_object(reference, step(step("#/shapes", id_), role)).get("target"))


def _name(id_: str) -> str:
    return id_.rpartition("#")[2]
