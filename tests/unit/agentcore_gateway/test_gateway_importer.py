"""The OpenAPI importer on documents nobody would write."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.agentcore.gateway.arguments import ArgumentCheck, UnusableSchema
from localcloud.agentcore.importers.openapi import ApiDocument
from localcloud.agentcore.importers.schemas import Resolver
from localcloud.agentcore.importers.selection import matches, named
from localcloud.agentcore.model import JsonObject, Tool
from localcloud.agentcore.ports import ImportFailed

SOUND: JsonObject = {
    "openapi": "3.0.1",
    "servers": [{"url": "https://api.example.com"}],
    "paths": {
        "/pets/{petId}": {
            "parameters": [{"name": "petId", "in": "path", "schema": {"type": "string"}}],
            "put": {
                "operationId": "PutPet",
                "parameters": [{"$ref": "#/components/parameters/Match"}],
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                    },
                },
                "responses": {
                    "200": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                        }
                    }
                },
            },
        }
    },
    "components": {
        "parameters": {
            "Match": {"name": "If-Match", "in": "header", "schema": {"type": "integer"}}
        },
        "schemas": {
            "Pet": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
            }
        },
    },
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def tools_of(document: object) -> tuple[Tool, ...]:
    api = ApiDocument(document)
    chosen = named((operation, {}) for operation in api.operations())
    return tuple(
        api.tool(
            each.operation, name=each.name, description=None, url=api.server_url(), service=None
        )
        for each in chosen
    )


def places(node: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path to every value in a document."""
    members: list[tuple[Any, Any]] = []
    if isinstance(node, dict):
        members = list(node.items())
    elif isinstance(node, list):
        members = list(enumerate(node))
    return [path] + [found for key, value in members for found in places(value, (*path, key))]


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(places(SOUND)[1:]), value=JSON)
def test_whatever_one_value_becomes_there_are_tools_or_a_reason(
    path: tuple[Any, ...], value: object
) -> None:
    document: Any = copy.deepcopy(SOUND)
    *parents, last = path
    node = document
    for key in parents:
        node = node[key]
    node[last] = value
    try:
        tools = tools_of(document)
        for tool in tools:
            ArgumentCheck(tool.input_schema)
    except (ImportFailed, UnusableSchema) as refusal:
        assert str(refusal)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_no_document_whatever_makes_the_importer_stumble(document: object) -> None:
    with pytest.raises(ImportFailed):
        tools_of(document)


def test_the_sound_document_has_its_tool() -> None:
    (tool,) = tools_of(SOUND)
    assert tool.input_schema["required"] == ["petId", "name"]
    assert list(tool.input_schema["properties"]) == ["petId", "If-Match", "name", "tags"]


@pytest.mark.fidelity("gateway.import-filter")
@pytest.mark.parametrize(
    ("filter_path", "path", "expected"),
    [
        ("/pets", "/pets", True),
        ("/pets", "/pets/{petId}", False),
        ("/pets/*", "/pets/{petId}", True),
        ("/pets/*", "/pets/{petId}/toys", True),
        ("/pets/*", "/pets", False),
        ("/pets/*", "/pets/", False),
        ("/pets/*", "/petshop", False),
        ("/*", "/pets", True),
        ("/*", "/", False),
        ("/pets*", "/pets", False),
    ],
)
def test_a_filter_is_a_path_or_everything_below_one(
    filter_path: str, path: str, expected: bool
) -> None:
    assert matches(filter_path, path) is expected


SCHEMAS = st.recursive(
    st.sampled_from([{"type": kind} for kind in ("string", "integer", "boolean", "number")]),
    lambda inner: (
        st.builds(lambda item: {"type": "array", "items": item}, inner)
        | st.builds(
            lambda members: {"type": "object", "properties": members},
            st.dictionaries(st.text(max_size=5), inner, max_size=3),
        )
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_a_schema_without_references_stays_as_it_is(schema: JsonObject) -> None:
    assert Resolver({}).schema(schema, "#") == schema


@given(st.text(max_size=8), SCHEMAS)
def test_a_reference_is_the_schema_it_leads_to(name: str, schema: JsonObject) -> None:
    escaped = name.replace("%", "%25").replace("~", "~0").replace("/", "~1")
    document = {"components": {"schemas": {name: schema}}}
    reference = {"$ref": f"#/components/schemas/{escaped}"}
    assert Resolver(document).schema(reference, "#/x") == schema
