"""What `openapi.yaml` says of this API alone; `tests/unit/openapi` compares it with the code."""

import json
from typing import Any

import pytest

from tests.support.routes import Json, document_of, operations, responses

UNSUPPORTED = {"anyOf", "oneOf", "allOf", "nullable", "default", "example", "readOnly", "maxItems"}


@pytest.fixture(scope="module")
def written() -> Json:
    return document_of("petstore")


def test_it_has_five_operations(written: Json) -> None:
    named = {one["operationId"] for one in operations(written).values()}
    assert named == {"ListPets", "GetPetById", "CreatePet", "UpdatePet", "DeletePet"}


def test_every_method_is_signed_and_answered_with_models(written: Json) -> None:
    for operation in operations(written).values():
        assert operation["security"] == [{"sigv4": []}]
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
