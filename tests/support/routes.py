"""An OpenAPI document beside the routes and models of Powertools, each reduced to what it means."""

from typing import Any

import yaml

from tests.support.documents import ROOT

METHODS = {"get", "post", "put", "patch", "delete", "head", "options"}
# What says nothing about which values are valid.
PROSE = {"title", "description", "summary", "default"}

type Json = dict[str, Any]


def text_of(package: str) -> str:
    """Return the text of the document that a function's API is written down in."""
    return (ROOT / "functions" / package / "openapi.yaml").read_text(encoding="utf-8")


def document_of(package: str) -> Json:
    """Return that document."""
    document: Json = yaml.safe_load(text_of(package))
    return document


def operations(document: Json) -> dict[tuple[str, str], Json]:
    """Return the operations of a document by method and path."""
    return {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


def schema(node: Any) -> Any:  # noqa: ANN401  # JSON
    """Reduce a schema to what it accepts; Powertools says `T | null` for what may be absent."""
    if isinstance(node, list):
        return [schema(one) for one in node]
    if not isinstance(node, dict):
        return node
    options = [one for one in node.get("anyOf", []) if one != {"type": "null"}]
    if len(options) == 1:
        return schema(options[0])
    reduced = {name: schema(value) for name, value in node.items() if name not in PROSE}
    if "properties" in node:  # here a name is a name, whatever it is
        reduced["properties"] = {name: schema(one) for name, one in node["properties"].items()}
        reduced["required"] = sorted(node.get("required", []))
    return reduced


def parameters(operation: Json) -> dict[tuple[str, str], Json]:
    """Return an operation's parameters by place and name."""
    return {
        (one["in"], one["name"].lower() if one["in"] == "header" else one["name"]): {
            "required": one["required"],
            "schema": schema(one["schema"]),
        }
        for one in operation.get("parameters", [])
    }


def contents(node: Json) -> Json:
    """Return the schemas of a body by type."""
    return {kind: schema(one["schema"]) for kind, one in node.get("content", {}).items()}


def responses(operation: Json) -> Json:
    """Return the models by status and type, with what Powertools says of its own errors put right.

    Its 422 is never sent (we answer 400), and for its 500 we answer as for any other refusal.
    """
    own = {
        "422": {"application/json": {"$ref": "#/components/schemas/HTTPValidationError"}},
        "500": {"application/json": {"$ref": "#/components/schemas/ResponseValidationError"}},
    }
    found = {status: contents(one) for status, one in operation["responses"].items()}
    if found["500"] == own["500"]:
        found["500"] = found["400"]
    return {status: models for status, models in found.items() if models != own.get(status)}


def models(document: Json) -> Json:
    """Return the models by name, without those that Powertools adds of its own."""
    own = {"HTTPValidationError", "ValidationError", "ResponseValidationError"}
    found = document["components"]["schemas"]
    return {name: schema(one) for name, one in found.items() if name not in own}
