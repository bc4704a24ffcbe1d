"""The handler's routes and models agree with `openapi.yaml`, in both directions."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from petstore.api import app
from tests.support.routes import contents, models, operations, parameters, responses

DOCUMENT = Path(__file__).parents[3] / "functions" / "petstore" / "openapi.yaml"
UNSUPPORTED = {"anyOf", "oneOf", "allOf", "nullable", "default", "example", "readOnly", "maxItems"}

type Json = dict[str, Any]


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
    assert set(named.values()) == {"ListPets", "GetPetById", "CreatePet", "UpdatePet", "DeletePet"}


def test_parameters_are_the_same(written: Json, coded: Json) -> None:
    theirs = {key: parameters(one) for key, one in operations(coded).items()}
    assert {key: parameters(one) for key, one in operations(written).items()} == theirs


def test_request_bodies_are_the_same(written: Json, coded: Json) -> None:
    def bodies(document: Json) -> dict[tuple[str, str], Any]:
        found = {key: one.get("requestBody") for key, one in operations(document).items()}
        return {key: body and (body["required"], contents(body)) for key, body in found.items()}

    assert bodies(written) == bodies(coded)


def test_statuses_and_response_models_are_the_same(written: Json, coded: Json) -> None:
    theirs = {key: responses(one) for key, one in operations(coded).items()}
    assert {key: responses(one) for key, one in operations(written).items()} == theirs


def test_models_are_the_same(written: Json, coded: Json) -> None:
    assert models(written) == models(coded)


def test_the_document_is_valid_openapi(written: Json) -> None:
    validate(written)


def test_every_method_is_signed_checked_and_answered_with_models(written: Json) -> None:
    validators = written["x-amazon-apigateway-request-validators"]
    assert validators[written["x-amazon-apigateway-request-validator"]] == {
        "validateRequestBody": True,
        "validateRequestParameters": True,
    }
    for operation in operations(written).values():
        assert operation["security"] == [{"sigv4": []}]
        assert operation["x-amazon-apigateway-integration"]["type"] == "aws_proxy"
        assert all(one or status == "204" for status, one in responses(operation).items())
    scheme = written["components"]["securitySchemes"]["sigv4"]
    assert scheme["x-amazon-apigateway-authtype"] == "awsSigv4"


@pytest.mark.fidelity("petstore.import-limits")
def test_the_document_keeps_to_what_api_gateway_and_agentcore_import(written: Json) -> None:
    assert all(name.isalnum() for name in written["components"]["schemas"])
    keywords: set[str] = set()

    def collect(node: Any) -> None:  # noqa: ANN401  # JSON
        if isinstance(node, dict):
            keywords.update(node)
            for one in node.values():
                collect(one)
        elif isinstance(node, list):
            for one in node:
                collect(one)

    collect(written["paths"])
    collect(written["components"])
    assert not keywords & UNSUPPORTED


@pytest.mark.fidelity("petstore.include-long-form")
def test_no_short_form_of_a_cloudformation_function_is_used() -> None:
    assert not re.search(r"(^|\s)!(Ref|Sub|GetAtt)\b", DOCUMENT.read_text())


@pytest.mark.fidelity("petstore.gateway-response-type")
def test_what_api_gateway_says_by_itself_is_a_problem_too(written: Json) -> None:
    required = set(written["components"]["schemas"]["Problem"]["required"])
    for answer in written["x-amazon-apigateway-gateway-responses"].values():
        template = answer["responseTemplates"]["application/json"]
        body = json.loads(template.replace("$context.error.messageString", '"why"'))
        assert set(body) == required
        assert str(body["status"]) == answer["statusCode"]
        header = answer["responseParameters"]["gatewayresponse.header.Content-Type"]
        assert header == "'application/problem+json'"
