"""Which operations of a REST API become tools, and under which names.

Source: AgentCore Developer Guide, API Gateway targets: tool filters and tool overrides.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from localcloud.agentcore.importers.openapi import ApiDocument, Operation
from localcloud.agentcore.importers.schemas import expect_object
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.ports import ImportFailed


@dataclass(frozen=True)
class Selected:
    """One operation that becomes a tool."""

    operation: Operation
    name: str
    description: str | None


def select(document: ApiDocument, configuration: JsonObject) -> tuple[Selected, ...]:
    """Apply an `apiGatewayToolConfiguration`.

    Raises:
        ImportFailed: a filter or an override that fits nothing, an operation without a name, or two
            tools of one name.
    """
    operations = tuple(_reachable(document))
    chosen = _filtered(operations, configuration.get("toolFilters") or [])
    overrides = _overrides(chosen, configuration.get("toolOverrides") or [])
    return named((operation, overrides.get(_key(operation), {})) for operation in chosen)


def named(chosen: Iterable[tuple[Operation, JsonObject]]) -> tuple[Selected, ...]:
    """Name operations by their override, else by their `operationId`.

    Raises:
        ImportFailed: an operation has neither, or two have the same.
    """
    selected: dict[str, Selected] = {}
    for operation, override in chosen:
        name = override.get("name") or operation.definition.get("operationId")
        if not isinstance(name, str) or not name:
            raise ImportFailed(
                f"{operation.label} has no operationId and no tool override gives it a name."
            )
        if name in selected:
            raise ImportFailed(
                f"{operation.label} and {selected[name].operation.label} are both named '{name}'."
            )
        selected[name] = Selected(operation, name, override.get("description"))
    return tuple(selected.values())


def matches(filter_path: str, path: str) -> bool:
    """Tell whether a path is meant: itself, or below a prefix that ends in `/*`."""
    if filter_path.endswith("/*"):
        prefix = filter_path[:-1]
        return path.startswith(prefix) and len(path) > len(prefix)
    return path == filter_path


def _filtered(
    operations: Sequence[Operation], filters: Sequence[JsonObject]
) -> tuple[Operation, ...]:
    found: set[tuple[str, str]] = set()
    for each in filters:
        path, methods = str(each["filterPath"]), [str(method) for method in each["methods"]]
        keys = {
            _key(operation)
            for operation in operations
            if operation.method in methods and matches(path, operation.path)
        }
        if not keys:
            wanted = ", ".join(methods)
            raise ImportFailed(f"The tool filter '{path}' [{wanted}] matches no operation.")
        found |= keys
    return tuple(operation for operation in operations if _key(operation) in found)


def _overrides(
    chosen: Sequence[Operation], overrides: Sequence[JsonObject]
) -> dict[tuple[str, str], JsonObject]:
    keys = {_key(operation) for operation in chosen}
    by_key = {(str(each["path"]), str(each["method"])): each for each in overrides}
    for path, method in by_key:
        if (path, method) not in keys:
            raise ImportFailed(
                f"The tool override for {method} {path} is covered by no tool filter."
            )
    return by_key


def _reachable(document: ApiDocument) -> Iterable[Operation]:
    """Leave out methods that ask for both SigV4 and an API key: a target has one credential."""
    components = expect_object(document.content.get("components") or {}, "#/components")
    schemes = components.get("securitySchemes") or {}
    for operation in document.operations():
        requirements = operation.definition.get("security")
        alternatives = requirements if isinstance(requirements, list) else []
        if not any(_asks_for_both(each, schemes) for each in alternatives):
            yield operation


def _asks_for_both(requirement: object, schemes: object) -> bool:
    if not isinstance(requirement, dict) or not isinstance(schemes, dict):
        return False
    asked = [schemes.get(name) for name in requirement]
    known = [scheme for scheme in asked if isinstance(scheme, dict)]
    sigv4 = [each for each in known if each.get("x-amazon-apigateway-authtype") == "awsSigv4"]
    # In an export SigV4 is an apiKey in the Authorization header: the authtype tells them apart.
    return bool(sigv4) and len(sigv4) < len(known)


def _key(operation: Operation) -> tuple[str, str]:
    return operation.path, operation.method
