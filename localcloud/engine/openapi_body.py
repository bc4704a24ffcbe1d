"""What API Gateway makes of an OpenAPI 3.0 body: methods, models, validators, responses.

MiniStack imports paths and integrations only. AgentCore needs the rest, since it reads a REST
API through its export: operation names, request parameters, models and method responses.

Sources: API Gateway Developer Guide, "OpenAPI extensions" (request validators, gateway
responses) and "known issues of OpenAPI" (parameter types are not kept; a schema that is not a
reference becomes a model of its own).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
VALIDATORS = "x-amazon-apigateway-request-validators"
VALIDATOR = "x-amazon-apigateway-request-validator"
GATEWAY_RESPONSES = "x-amazon-apigateway-gateway-responses"
INTEGRATION = "x-amazon-apigateway-integration"
TRANSFER = ("responseTransferMode", "timeoutInMillis")
LOCATIONS = {"path": "path", "query": "querystring", "header": "header"}
COMPONENT = "#/components/schemas/"

type Json = dict[str, Json] | list[Json] | str | int | float | bool | None


@dataclass(frozen=True)
class Validator:
    """A request validator: what of a request is checked before the integration."""

    body: bool
    parameters: bool


@dataclass(frozen=True)
class MethodResponse:
    """One status a method answers with. `models` maps a media type to a model's name."""

    models: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Method:
    """One method of a resource. `parameters` maps `method.request.<where>.<name>` to required."""

    path: str
    http_method: str
    operation_name: str = ""
    validator: str | None = None
    parameters: Mapping[str, bool] = field(default_factory=dict)
    request_models: Mapping[str, str] = field(default_factory=dict)
    responses: Mapping[str, MethodResponse] = field(default_factory=dict)
    integration: Mapping[str, Any] = field(default_factory=dict)
    """Of `INTEGRATION`, what a reader of paths and integrations would leave out."""


@dataclass(frozen=True)
class Body:
    """Everything a body defines beside paths and integrations."""

    methods: tuple[Method, ...]
    models: Mapping[str, Json]
    validators: Mapping[str, Validator]
    gateway_responses: Mapping[str, dict[str, Any]]


def read_body(spec: Mapping[str, Any], *, api_id: str) -> Body:
    """Read an OpenAPI 3.0 document as API Gateway's import does."""
    reader = _Reader(spec)
    methods = tuple(reader.methods())
    models = {name: absolute_references(s, api_id) for name, s in reader.models.items()}
    return Body(
        methods=methods,
        models=models,
        validators={
            name: Validator(
                body=bool(rule.get("validateRequestBody")),
                parameters=bool(rule.get("validateRequestParameters")),
            )
            for name, rule in (spec.get(VALIDATORS) or {}).items()
        },
        gateway_responses=dict(spec.get(GATEWAY_RESPONSES) or {}),
    )


def absolute_references(schema: Json, api_id: str) -> Json:
    """Name models the way API Gateway keeps them: by the address of the model."""
    base = f"https://apigateway.amazonaws.com/restapis/{api_id}/models/"
    return _map_references(schema, lambda ref: ref.replace(COMPONENT, base))


def exported_references(schema: Json) -> Json:
    """Undo `absolute_references`, as GetExport does."""
    return _map_references(
        schema, lambda ref: COMPONENT + ref.rpartition("/")[2] if "/restapis/" in ref else ref
    )


def _map_references(schema: Json, rename: Callable[[str], str]) -> Json:
    if isinstance(schema, dict):
        return {
            key: rename(value)
            if key == "$ref" and isinstance(value, str)
            else _map_references(value, rename)
            for key, value in schema.items()
        }
    if isinstance(schema, list):
        return [_map_references(item, rename) for item in schema]
    return schema


class _Reader:
    """Walks one document; `models` grows by the schemas that have no name of their own."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self._spec = spec
        components = spec.get("components") or {}
        self.models: dict[str, dict[str, Any]] = dict(components.get("schemas") or {})

    def methods(self) -> Iterator[Method]:
        for path, item in (self._spec.get("paths") or {}).items():
            shared = item.get("parameters") or []
            for name in METHODS:
                if isinstance(item.get(name), dict):
                    yield self._method(path, name, item[name], shared)

    def _method(
        self, path: str, name: str, operation: Mapping[str, Any], shared: list[Any]
    ) -> Method:
        operation_name = str(operation.get("operationId", ""))
        parameters = [self._resolved(p) for p in [*shared, *(operation.get("parameters") or [])]]
        body = self._resolved(operation.get("requestBody") or {})
        return Method(
            path=path,
            http_method=name.upper(),
            operation_name=operation_name,
            validator=operation.get(VALIDATOR) or self._spec.get(VALIDATOR),
            parameters={
                f"method.request.{LOCATIONS[p['in']]}.{p['name']}": bool(p.get("required"))
                for p in parameters
                if p.get("in") in LOCATIONS
            },
            request_models=self._models_of(body, f"{operation_name or name}Request"),
            responses={
                str(status): self._response(response, f"{operation_name or name}{status}")
                for status, response in (operation.get("responses") or {}).items()
            },
            integration={
                name: value
                for name, value in (operation.get(INTEGRATION) or {}).items()
                if name in TRANSFER
            },
        )

    def _response(self, response: Mapping[str, Any], fallback: str) -> MethodResponse:
        response = self._resolved(response)
        return MethodResponse(
            models=self._models_of(response, f"{fallback}Response"),
            headers=tuple(response.get("headers") or {}),
        )

    def _models_of(self, holder: Mapping[str, Any], fallback: str) -> dict[str, str]:
        return {
            media_type: self._model(content["schema"], fallback)
            for media_type, content in (holder.get("content") or {}).items()
            if isinstance(content, dict) and "schema" in content
        }

    def _model(self, schema: dict[str, Any], fallback: str) -> str:
        reference = str(schema.get("$ref", ""))
        if reference.startswith(COMPONENT):
            return reference.removeprefix(COMPONENT)
        self.models.setdefault(fallback, schema)
        return fallback

    def _resolved(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return node
        found: Any = self._spec
        for part in reference.removeprefix("#/").split("/"):
            found = found.get(part, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, dict) else {}
