from typing import Any

import pytest
from botocore.model import ShapeResolver, StructureShape
from hypothesis import given, settings
from hypothesis import strategies as st

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.wire.operations import CONTROL, Match, operation_model
from localcloud.agentcore.wire.requests import read_input
from localcloud.agentcore.wire.responses import write_output
from localcloud.agentcore.wire.shapes import Problems, check
from localcloud.cloud import Request

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@settings(deadline=None)  # the first example loads the model
@given(value=JSON)
def test_any_json_is_either_taken_or_refused_with_the_members_named(value: object) -> None:
    shape = operation_model(CONTROL, "CreateGatewayTarget").input_shape
    assert shape is not None
    target = {
        "targetConfiguration": value,
        "tags": value,
        "credentialProviderConfigurations": value,
    }
    problems: Problems = []
    check(shape, target | {"metadataConfiguration": value, "name": value}, "", problems)
    assert problems, "gatewayIdentifier is missing at least"
    assert ValidationFailed.of_fields(tuple(problems)).body()["fieldList"]


@pytest.mark.parametrize(
    ("definition", "value", "message"),
    [
        ({"type": "float"}, "1", "Member must be of type float"),
        ({"type": "double", "min": 1}, 0.5, "Member must have value greater than or equal to 1"),
        ({"type": "long", "max": 1}, 2, "Member must have value less than or equal to 1"),
        ({"type": "boolean"}, 1, "Member must be of type boolean"),
        ({"type": "timestamp"}, True, "Member must be of type timestamp"),
        ({"type": "float"}, 1.5, None),
        ({"type": "double"}, 1, None),
        ({"type": "timestamp"}, "2026-01-01T00:00:00Z", None),
        ({"type": "structure", "members": {}, "document": True}, [1, {"a": None}], None),
    ],
)
def test_each_type_is_checked(
    definition: dict[str, object], value: object, message: str | None
) -> None:
    problems: Problems = []
    shapes: dict[str, Any] = {"It": definition}
    shape = ShapeResolver(shapes).get_shape_by_name("It")
    check(shape, value, "it", problems)
    assert [problem.message for problem in problems] == ([message] if message else [])


def test_members_of_path_and_query_are_read_beside_the_body() -> None:
    match = Match(CONTROL, "ListGatewayTargets", ("pets-0123456789",))
    request = Request("GET", "/", query="maxResults=7&nextToken=a%2Fb&other=1")
    assert read_input(match, request).members == {
        "gatewayIdentifier": "pets-0123456789",
        "maxResults": 7,
        "nextToken": "a/b",
    }


def test_a_list_in_the_query_is_every_value_of_its_name() -> None:
    arn = "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/pets-0123456789"
    match = Match(CONTROL, "UntagResource", (arn,))
    request = Request("DELETE", "/", query="tagKeys=a&tagKeys=b")
    assert read_input(match, request).members["tagKeys"] == ["a", "b"]


def test_an_output_without_members_has_no_body() -> None:
    response = write_output(CONTROL, "TagResource", {}, "request-1")
    assert (response.status, response.body) == (204, b"")
    assert response.headers == {"x-amzn-requestid": "request-1"}


def test_members_an_output_does_not_have_are_left_out() -> None:
    response = write_output(CONTROL, "ListTagsForResource", {"tags": {}, "secret": 1}, "request-1")
    assert response.body == b'{"tags": {}}'
    assert isinstance(operation_model(CONTROL, "ListTagsForResource").output_shape, StructureShape)
