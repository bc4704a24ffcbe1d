"""The operations of AgentCore's two services, and which one a method and path mean.

Source: botocore service models `bedrock-agentcore-control` (2023-06-05) and `bedrock-agentcore`
(2024-02-28). No method and path is in both, so one index serves requests for either host.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Final
from urllib.parse import unquote

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

CONTROL: Final = "bedrock-agentcore-control"
DATA: Final = "bedrock-agentcore"

PARAMETER: Final = "{}"
"""Stands for any one segment in the index of paths."""


@dataclass(frozen=True)
class Match:
    """The operation a request means. `segments` are the path's variable parts, decoded."""

    service: str
    operation: str
    segments: tuple[str, ...]


@dataclass
class _Node:
    """One place in the tree of paths: where each next segment leads, and what ends here."""

    children: dict[str, "_Node"] = field(default_factory=dict)
    operations: dict[str, tuple[str, str]] = field(default_factory=dict)


@cache
def service_model(service: str) -> ServiceModel:
    """Load a service's model: some 80 ms the first time."""
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def operation_model(service: str, operation: str) -> OperationModel:
    """Return the model of an operation, such as (`CONTROL`, `CreateGateway`)."""
    return service_model(service).operation_model(operation)


@cache
def uri_labels(service: str, operation: str) -> tuple[str, ...]:
    """Return the names of a path's variable parts, in order."""
    uri = operation_model(service, operation).http["requestUri"]
    return tuple(part[1:-1] for part in uri.split("/") if part.startswith("{"))


def find_operation(method: str, path: str) -> Match | None:
    """Return what a request means, or None if it is none of AgentCore's.

    `path` is percent-encoded, as on the wire. A trailing slash is taken with or without, and an
    ARN whose `/` is not encoded as one segment.
    """
    segments = _segments(path)
    found = _walk(_index(), method, segments, ())
    if found is None:
        return None
    (service, operation), variables = found
    return Match(service, operation, variables)


def _segments(path: str) -> list[str]:
    whole: list[str] = []
    for raw in path.strip("/").split("/"):
        segment = unquote(raw)
        if whole and whole[-1].startswith("arn:") and "/" not in whole[-1]:
            whole[-1] = f"{whole[-1]}/{segment}"
        else:
            whole.append(segment)
    return whole


def _walk(
    node: _Node, method: str, segments: list[str], variables: tuple[str, ...]
) -> tuple[tuple[str, str], tuple[str, ...]] | None:
    if not segments:
        operation = node.operations.get(method)
        return None if operation is None else (operation, variables)
    head, rest = segments[0], segments[1:]
    if head in node.children:
        found = _walk(node.children[head], method, rest, variables)
        if found is not None:
            return found
    if PARAMETER in node.children and head:
        return _walk(node.children[PARAMETER], method, rest, (*variables, head))
    return None


@cache
def _index() -> _Node:
    root = _Node()
    for service in (CONTROL, DATA):
        model = service_model(service)
        for name in model.operation_names:
            http = model.operation_model(name).http
            _leaf(root, http["requestUri"]).operations[http["method"]] = (service, name)
    return root


def _leaf(root: _Node, uri: str) -> _Node:
    node = root
    for part in uri.strip("/").split("/"):
        key = PARAMETER if part.startswith("{") else part
        node = node.children.setdefault(key, _Node())
    return node
