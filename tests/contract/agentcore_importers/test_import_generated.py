"""Whatever an OpenAPI document holds, it gives tools with valid schemas, or a reason."""

import asyncio
import json
from typing import Any

import jsonschema_rs
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.ports import ImportFailed
from tests.contract.agentcore_gateway.world import World
from tests.contract.agentcore_importers.test_import_hostile import OK, SERVER, tools_of

REFERENCES = st.sampled_from(["A", "B", "C", "missing"]).map(
    lambda name: {"$ref": f"#/components/schemas/{name}"}
)
ODD: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({})
)
LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "object", "array", "null", "odd"]) | ODD,
        "enum": st.lists(ODD, max_size=2),
        "pattern": st.sampled_from(["a+", "(", "[", "(?<=a)b"]),
        "minimum": ODD,
        "exclusiveMinimum": ODD,
        "nullable": ODD,
        "default": ODD,
        "format": ODD,
        "description": ODD,
    },
)
SCHEMAS = st.recursive(
    LEAVES | REFERENCES | ODD,
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array"]),
            "properties": st.dictionaries(st.text(max_size=3), inner, max_size=3),
            "items": inner,
            "additionalProperties": inner,
            "required": st.lists(st.text(max_size=3), max_size=2) | ODD,
            "allOf": st.lists(inner, max_size=1),
            "not": inner,
        },
    ),
    max_leaves=8,
)
PARAMETERS = st.fixed_dictionaries(
    {"name": st.text(max_size=4) | ODD, "in": st.sampled_from(["path", "query", "header", "body"])},
    optional={"schema": SCHEMAS, "style": ODD, "explode": ODD, "required": ODD},
)
OPERATIONS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"operationId": st.text(max_size=4) | st.just("things"), "responses": st.just(OK) | ODD},
    optional={
        "parameters": st.lists(PARAMETERS, max_size=3) | ODD,
        "requestBody": st.fixed_dictionaries(
            {
                "content": st.fixed_dictionaries(
                    {"application/json": st.builds(dict, schema=SCHEMAS)}
                )
            }
        )
        | ODD,
        "description": ODD,
    },
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "openapi": st.sampled_from(["3.0.0", "3.1.0"]),
        "servers": st.just([{"url": SERVER}]) | ODD,
        "paths": st.dictionaries(
            st.sampled_from(["/a", "/a/{id}", "/{x+}", "b"]),
            st.dictionaries(st.sampled_from(["get", "head", "post", "parameters"]), OPERATIONS),
            max_size=2,
        ),
        "components": st.fixed_dictionaries(
            {"schemas": st.fixed_dictionaries(dict.fromkeys("ABC", SCHEMAS))}
        ),
    }
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=DOCUMENTS, as_yaml=st.booleans())
def test_any_document_gives_tools_of_valid_schemas_or_a_reason(
    content: JsonObject, as_yaml: bool
) -> None:
    world = World()
    world.gateway()
    text: Any = yaml.safe_dump(content) if as_yaml else content
    try:
        tools = asyncio.run(tools_of(world, text))
    except ImportFailed as failure:
        assert str(failure)
        return
    for tool in tools:
        for schema in (tool.input_schema, tool.output_schema or {}):
            jsonschema_rs.meta.validate(schema)
            assert "$ref" not in json.dumps(schema)
