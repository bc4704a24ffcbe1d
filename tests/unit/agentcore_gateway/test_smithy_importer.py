"""The Smithy importer: what becomes of shapes, and on models nobody would write."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.agentcore.gateway.arguments import ArgumentCheck, UnusableSchema
from localcloud.agentcore.gateway.outbound import Outbound, UnusableArgument, http_request
from localcloud.agentcore.importers.smithy import smithy_tools
from localcloud.agentcore.model import HttpBinding, JsonObject, Tool
from localcloud.agentcore.ports import ImportFailed
from tests.support.smithy_zoo import SERVICE, ZOO
from tests.unit.agentcore_gateway.test_gateway_importer import JSON, places

SHIPPED = Path(__file__).parents[3] / "schemas" / "dynamodb-read.smithy.json"


def zoo(shape: str = "", **changes: object) -> JsonObject:
    """Return the model with members of a shape changed; None removes one."""
    model = copy.deepcopy(ZOO)
    changed = model["shapes"].setdefault(f"example.zoo#{shape}", {}) if shape else {}
    changed.update(changes)
    for name in [name for name, value in changed.items() if value is None]:
        del changed[name]
    return model


def put_animal(model: JsonObject = ZOO) -> Tool:
    return next(tool for tool in smithy_tools(model, "eu-west-1") if tool.name == "PutAnimal")


def sent(tool: Tool, arguments: JsonObject) -> Outbound:
    assert ArgumentCheck(tool.input_schema).lines(arguments) == ()
    assert isinstance(tool.binding, HttpBinding)
    return http_request(tool.binding, arguments)


@pytest.mark.fidelity("gateway.import-smithy")
def test_an_operation_is_a_tool_with_its_shapes_as_schema() -> None:
    tool = put_animal()
    assert tool.description == "Keeps an animal & its food."
    parent = {"type": "object", "properties": {"Name": {"type": "string"}}, "required": ["Name"]}
    twice = copy.deepcopy(parent)
    twice["properties"] |= {"parent": {"type": "object"}}  # type: ignore[operator]
    parent["properties"] |= {"parent": twice}  # type: ignore[operator]
    assert tool.input_schema == {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            "since": {"type": "string", "format": "date-time"},
            "Kind": {"type": "string", "enum": ["cat", "dog"]},
            "born": {"type": "number"},
            "weight": {"type": "integer", "minimum": 1, "maximum": 9, "description": "In kg."},
            "parent": parent,
            "food": {
                "type": "object",
                "properties": {
                    "hay": {"type": "string", "contentEncoding": "base64"},
                    "other": {},
                },
                "minProperties": 1,
                "maxProperties": 1,
            },
        },
        "required": ["id", "Kind"],
    }


@pytest.mark.fidelity("gateway.smithy-call")
def test_arguments_go_where_the_http_traits_say() -> None:
    tool = put_animal()
    arguments = {"id": "a/b", "tags": ["x", "y z"], "Kind": "cat", "since": "2026-01-01T00:00:00Z"}
    request = sent(tool, arguments)
    host = "https://zoo.eu-west-1.amazonaws.com"
    assert (request.method, request.url) == ("PUT", f"{host}/animals/a%2Fb?strict&tag=x&tag=y%20z")
    assert request.headers["X-Since"] == "2026-01-01T00:00:00Z"
    assert json.loads(request.content) == {"Kind": "cat"}
    assert isinstance(tool.binding, HttpBinding)
    assert tool.binding.service == "zoosigning"


@pytest.mark.fidelity("gateway.smithy-call")
def test_a_greedy_label_takes_more_than_one_segment() -> None:
    (tool,) = (tool for tool in smithy_tools(ZOO, "eu-west-1") if tool.name == "FindFile")
    assert sent(tool, {"path": "a b/c"}).url.endswith("/files/a%20b/c")
    with pytest.raises(UnusableArgument, match="'path'"):
        sent(tool, {"path": "a/../b"})


STREAM = {"type": "blob", "traits": {"smithy.api#streaming": {}}}
PAYLOAD = {"target": "smithy.api#String", "traits": {"smithy.api#httpPayload": {}}}


@pytest.mark.fidelity("gateway.import-smithy")
@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ([], "# is not an object"),
        ({}, "not a Smithy model"),
        ({"smithy": "2.0", "shapes": {}}, "has 0 services"),
        (zoo("Other", type="service"), "has 2 services"),
        (
            zoo("Zoo_20260101", traits={"aws.protocols#restXml": {}}),
            f"{SERVICE}: the service speaks neither",
        ),
        (
            zoo("Zoo_20260101", traits={"aws.protocols#restJson1": {}}),
            f"{SERVICE}: the service is none of AWS",
        ),
        (
            zoo(
                "Zoo_20260101",
                traits={
                    "aws.protocols#restJson1": {},
                    "aws.api#service": {"endpointPrefix": "evil.example/"},
                },
            ),
            f"{SERVICE}: the service has neither endpointPrefix",
        ),
        (zoo("PutAnimal", traits={}), "PutAnimal: the operation has no smithy.api#http trait"),
        (
            zoo("PutAnimal", input={"target": "example.zoo#None"}),
            "shape example.zoo#None does not exist",
        ),
        (zoo("Weight", **STREAM), "PutAnimalInput[$]weight: streaming is not supported"),
        (
            zoo("FindFileInput", members={"path": PAYLOAD}),
            "FindFileInput[$]path: httpPayload is not supported",
        ),
        (
            zoo("FindFile", traits={"smithy.api#endpoint": {"hostPrefix": "x."}}),
            "FindFile: a host of its own is not supported",
        ),
        (zoo("Food", mixins=[{"target": "x"}]), "Food: mixins are not supported"),
        (zoo("Food", type="operation"), "Food: a shape of type operation cannot be an argument"),
        (zoo("Animal", put={"target": "example.zoo#Food"}), "Food: this is no operation"),
    ],
)  # fmt: skip
def test_what_a_smithy_target_does_not_take_is_refused_by_its_shape(
    model: object, reason: str
) -> None:
    with pytest.raises(ImportFailed, match=reason):
        smithy_tools(model, "us-east-1")


@pytest.mark.fidelity("gateway.import-smithy")
def test_an_operation_that_answers_with_a_stream_is_refused() -> None:
    model = zoo("FindFile", output={"target": "example.zoo#Found"})
    model["shapes"] |= {
        "example.zoo#Found": {
            "type": "structure",
            "members": {"body": {"target": "example.zoo#Body"}},
        },
        "example.zoo#Body": STREAM,
    }
    with pytest.raises(ImportFailed, match=r"#Found[$]body: streaming is not supported"):
        smithy_tools(model, "us-east-1")


@pytest.mark.fidelity("gateway.smithy-protocols")
def test_the_shipped_model_says_of_dynamodb_what_botocore_says() -> None:
    known = Loader().load_service_model("dynamodb", "service-2")
    tools = smithy_tools(json.loads(SHIPPED.read_text("utf-8")), "us-east-1")
    names = ["DescribeTable", "GetItem", "ListTables", "Query", "Scan"]
    assert [tool.name for tool in tools] == names
    for tool in tools:
        shape = known["shapes"][known["operations"][tool.name]["input"]["shape"]]
        assert set(tool.input_schema["properties"]) <= set(shape["members"])
        assert tool.input_schema.get("required", []) == shape.get("required", [])
        request = sent(
            tool, {name: {} if name == "Key" else "pets" for name in shape.get("required", [])}
        )
        assert request.url == "https://dynamodb.us-east-1.amazonaws.com/"
        assert request.headers["x-amz-target"] == f"DynamoDB_20120810.{tool.name}"
        assert request.headers["content-type"] == "application/x-amz-json-1.0"


@pytest.mark.fidelity("gateway.smithy-recursion")
def test_a_value_inside_a_value_is_checked_and_one_deeper_down_is_not() -> None:
    tools = smithy_tools(json.loads(SHIPPED.read_text("utf-8")), "us-east-1")
    (get_item,) = (tool for tool in tools if tool.name == "GetItem")
    check = ArgumentCheck(get_item.input_schema)
    wrong = {"S": 5}
    for depth, seen in ((0, True), (1, True), (2, False)):
        value: JsonObject = wrong
        for _ in range(depth):
            value = {"L": [value]}
        lines = check.lines({"TableName": "pets", "Key": {"petId": value}})
        assert bool(lines) is seen


@settings(max_examples=300, deadline=None)
@given(path=st.sampled_from(places(ZOO)[1:]), value=JSON)
def test_whatever_one_value_of_a_model_becomes_there_are_tools_or_a_reason(
    path: tuple[Any, ...], value: object
) -> None:
    model: Any = copy.deepcopy(ZOO)
    *parents, last = path
    node = model
    for key in parents:
        node = node[key]
    node[last] = value
    try:
        for tool in smithy_tools(model, "us-east-1"):
            ArgumentCheck(tool.input_schema)
    except (ImportFailed, UnusableSchema) as refusal:
        assert str(refusal)
