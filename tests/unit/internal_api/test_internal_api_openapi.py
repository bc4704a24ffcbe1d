"""The handler's routes and models agree with `openapi.yaml`, in both directions."""

import json
import re
from pathlib import Path

import pytest
import yaml
from openapi_spec_validator import validate

from internal_api.api import app
from tests.support.routes import Json, models, operations, parameters, responses

DOCUMENT = Path(__file__).parents[3] / "functions" / "internal_api" / "openapi.yaml"


@pytest.fixture(scope="module")
def written() -> Json:
    document: Json = yaml.safe_load(DOCUMENT.read_text())
    return document


@pytest.fixture(scope="module")
def coded() -> Json:
    document: Json = json.loads(app.get_openapi_json_schema())
    return document


def test_paths_methods_and_operation_ids_are_the_same(written: Json, coded: Json) -> None:
    named = {key: one["operationId"] for key, one in operations(written).items()}
    assert named == {key: one["operationId"] for key, one in operations(coded).items()}
    assert set(named.values()) == {
        *("ListServices", "GetServiceStatus", "ListIncidents", "GetIncident", "GetRunbook")
    }
    assert {method for method, _ in named} == {"get"}  # it is read-only


def test_parameters_are_the_same(written: Json, coded: Json) -> None:
    theirs = {key: parameters(one) for key, one in operations(coded).items()}
    assert {key: parameters(one) for key, one in operations(written).items()} == theirs


def test_statuses_and_response_models_are_the_same(written: Json, coded: Json) -> None:
    theirs = {key: responses(one) for key, one in operations(coded).items()}
    assert {key: responses(one) for key, one in operations(written).items()} == theirs


def test_models_are_the_same(written: Json, coded: Json) -> None:
    assert models(written) == models(coded)


def test_the_document_is_valid_openapi(written: Json) -> None:
    validate(written)


def test_every_method_wants_the_key_and_is_checked(written: Json) -> None:
    validators = written["x-amazon-apigateway-request-validators"]
    assert validators[written["x-amazon-apigateway-request-validator"]] == {
        "validateRequestBody": True,
        "validateRequestParameters": True,
    }
    for operation in operations(written).values():
        assert operation["security"] == [{"apiKey": []}]
        assert operation["x-amazon-apigateway-integration"]["type"] == "aws_proxy"
    scheme = written["components"]["securitySchemes"]["apiKey"]
    assert scheme == {"type": "apiKey", "name": "x-api-key", "in": "header"}


def test_every_operation_and_parameter_says_what_it_is_for(written: Json) -> None:
    """A gateway has these for a tool's description, and the search finds tools by them."""
    for operation in operations(written).values():
        assert len(operation["description"]) > 80
        assert all(one["description"] for one in operation["parameters"])


def test_no_short_form_of_a_cloudformation_function_is_used() -> None:
    assert not re.search(r"(^|\s)!(Ref|Sub|GetAtt)\b", DOCUMENT.read_text())


def test_what_api_gateway_says_by_itself_is_a_refusal_too(written: Json) -> None:
    required = set(written["components"]["schemas"]["Refusal"]["required"])
    answers = written["x-amazon-apigateway-gateway-responses"]
    assert {"INVALID_API_KEY", "ACCESS_DENIED"} <= answers.keys()
    for answer in answers.values():
        template = answer["responseTemplates"]["application/json"]
        assert (
            set(json.loads(template.replace("$context.error.messageString", '"why"'))) == required
        )
