"""What `openapi.yaml` says of this API alone; `tests/unit/openapi` compares it with the code."""

import json

import pytest

from tests.support.routes import Json, document_of, operations


@pytest.fixture(scope="module")
def written() -> Json:
    return document_of("internal_api")


def test_it_is_read_only(written: Json) -> None:
    named = {one["operationId"] for one in operations(written).values()}
    assert named == {
        *("ListServices", "GetServiceStatus", "ListIncidents", "GetIncident", "GetRunbook")
    }
    assert {method for method, _ in operations(written)} == {"get"}


def test_every_method_wants_the_key(written: Json) -> None:
    for operation in operations(written).values():
        assert operation["security"] == [{"apiKey": []}]
    scheme = written["components"]["securitySchemes"]["apiKey"]
    assert scheme == {"type": "apiKey", "name": "x-api-key", "in": "header"}


def test_every_operation_and_parameter_says_what_it_is_for(written: Json) -> None:
    """A gateway has these for a tool's description, and the search finds tools by them."""
    for operation in operations(written).values():
        assert len(operation["description"]) > 80
        assert all(one["description"] for one in operation["parameters"])


def test_what_api_gateway_says_by_itself_is_a_refusal_too(written: Json) -> None:
    required = set(written["components"]["schemas"]["Refusal"]["required"])
    answers = written["x-amazon-apigateway-gateway-responses"]
    assert {"INVALID_API_KEY", "ACCESS_DENIED"} <= answers.keys()
    for answer in answers.values():
        template = answer["responseTemplates"]["application/json"]
        assert (
            set(json.loads(template.replace("$context.error.messageString", '"why"'))) == required
        )
