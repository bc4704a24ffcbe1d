"""Whatever an OpenAPI document holds, it gives tools with valid schemas, or a reason."""

import asyncio
import json
from typing import Any

import jsonschema_rs
import yaml
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from localcloud.agentcore.model import JsonObject, Tool
from localcloud.agentcore.ports import ImportFailed
from tests.contract.agentcore_gateway.world import World
from tests.contract.agentcore_importers.test_import_hostile import OK, SERVER, tools_of

type Values = st.SearchStrategy[Any]

ODD: Values = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({})
)


def mostly(right: Values) -> Values:
    """Return values as they should be, and some that should not be one time in forty."""
    return st.integers(0, 39).flatmap(lambda number: ODD if number == 17 else right)


def members(**optional: Values) -> Values:
    """Return objects that may have these members."""
    return st.fixed_dictionaries({}, optional={name: mostly(one) for name, one in optional.items()})


REFERENCES = st.sampled_from(["A", "B", "C", "A", "B", "C", "missing"]).map(
    lambda name: {"$ref": f"#/components/schemas/{name}"}
)
NAMES = st.text("abc/~$%{}", min_size=1, max_size=3)
NAMELESS = "to be named"
TEXTS = st.text(max_size=3)
LEAVES = members(
    type=st.sampled_from(["string", "integer", "boolean", "null", "object", "array"]),
    enum=st.lists(TEXTS | st.integers(), min_size=1, max_size=2, unique=True),
    pattern=st.sampled_from(["a+", "(?<=a)b", "("]),
    minimum=st.integers(),
    exclusiveMinimum=st.booleans() | st.integers(),
    nullable=st.booleans(),
    default=ODD,
    description=TEXTS,
)
SCHEMAS: Values = st.recursive(
    mostly(LEAVES | REFERENCES),
    lambda inner: (
        members(
            type=st.just("object"),
            properties=st.dictionaries(NAMES, inner, max_size=3),
            additionalProperties=st.booleans() | inner,
            required=st.lists(NAMES, max_size=2, unique=True),
        )
        | members(type=st.just("array"), items=inner)
        | st.just({"allOf": []})
    ),
    max_leaves=5,
)
PARAMETERS = st.fixed_dictionaries(
    {"name": mostly(NAMES), "in": mostly(st.sampled_from(["path", "query", "header", "cookie"]))},
    optional={"schema": mostly(LEAVES | REFERENCES), "required": mostly(st.booleans())},
)
CONTENT = st.builds(lambda schema: {"application/json": {"schema": schema}}, SCHEMAS)
OPERATIONS = st.fixed_dictionaries(
    {
        "operationId": mostly(st.just(NAMELESS)),
        "responses": mostly(
            st.just(OK) | st.builds(lambda each: {"200": {"content": each}}, CONTENT)
        ),
    },
    optional={
        "parameters": mostly(st.lists(PARAMETERS, max_size=2)),
        "requestBody": mostly(st.builds(lambda each: {"content": each, "required": True}, CONTENT)),
        "description": mostly(TEXTS),
    },
)
PATHS = st.sampled_from(["/a", "/a/{id}", "b", "/c/{id}/d", "/e", "/{x+}"])
METHODS = st.sampled_from(["get", "head", "post", "patch"])


def document(paths: Any, schemas: Any, servers: Any, version: str) -> JsonObject:  # noqa: ANN401 - JSON
    """Return a document; operations that have no name get one of their own."""
    for path, item in paths.items():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if isinstance(operation, dict):
                named = operation["operationId"] != NAMELESS
                operation["operationId"] = operation["operationId"] if named else method + path
    components = {"schemas": schemas}
    return {"openapi": version, "servers": servers, "paths": paths, "components": components}


DOCUMENTS = st.builds(
    document,
    st.dictionaries(
        PATHS,
        mostly(st.dictionaries(METHODS, OPERATIONS, min_size=1, max_size=2)),
        min_size=1,
        max_size=2,
    ),
    mostly(st.fixed_dictionaries(dict.fromkeys("ABC", SCHEMAS))),
    mostly(st.just([{"url": SERVER}])),
    st.sampled_from(["3.0.0", "3.1.0"]),
)


def imported(content: object) -> tuple[Tool, ...]:
    """Return the tools of a document, none if there is a reason."""
    world = World()
    world.gateway()
    try:
        return asyncio.run(tools_of(world, content))
    except ImportFailed as failure:
        assert str(failure)
        return ()


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=DOCUMENTS, as_yaml=st.booleans())
def test_any_document_gives_tools_of_valid_schemas_or_a_reason(
    content: JsonObject, as_yaml: bool
) -> None:
    for tool in imported(yaml.safe_dump(content) if as_yaml else content):
        for schema in (tool.input_schema, tool.output_schema or {}):
            jsonschema_rs.meta.validate(schema)
            assert '"$ref": "#' not in json.dumps(schema)


def test_such_documents_give_tools_with_results_too() -> None:
    chosen = settings(max_examples=2000, deadline=None, database=None)
    found = find(
        DOCUMENTS, lambda each: any(tool.output_schema for tool in imported(each)), settings=chosen
    )
    assert imported(found)
