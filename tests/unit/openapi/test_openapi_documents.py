"""The routes and models of a handler agree with its `openapi.yaml`, in both directions."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any

import pytest
from openapi_spec_validator import validate

import internal_api.api
import petstore.api
from tests.support.routes import (
    Json,
    contents,
    document_of,
    models,
    operations,
    parameters,
    responses,
    text_of,
)


@dataclass(frozen=True)
class Api:
    """A REST API that is written down in a document, and coded in a package."""

    package: str
    module: ModuleType

    @cached_property
    def written(self) -> Json:
        return document_of(self.package)

    @cached_property
    def coded(self) -> Json:
        document: Json = json.loads(self.module.app.get_openapi_json_schema())
        return document


@pytest.fixture(scope="module", params=["internal_api", "petstore"])
def api(request: pytest.FixtureRequest) -> Api:
    modules = {"internal_api": internal_api.api, "petstore": petstore.api}
    return Api(request.param, modules[request.param])


def test_paths_methods_and_operation_ids_are_the_same(api: Api) -> None:
    named = {key: one["operationId"] for key, one in operations(api.written).items()}
    assert named == {key: one["operationId"] for key, one in operations(api.coded).items()}


def test_parameters_are_the_same(api: Api) -> None:
    theirs = {key: parameters(one) for key, one in operations(api.coded).items()}
    assert {key: parameters(one) for key, one in operations(api.written).items()} == theirs


def test_request_bodies_are_the_same(api: Api) -> None:
    def bodies(document: Json) -> dict[tuple[str, str], Any]:
        found = {key: one.get("requestBody") for key, one in operations(document).items()}
        return {key: body and (body["required"], contents(body)) for key, body in found.items()}

    assert bodies(api.written) == bodies(api.coded)


def test_statuses_and_response_models_are_the_same(api: Api) -> None:
    theirs = {key: responses(one) for key, one in operations(api.coded).items()}
    assert {key: responses(one) for key, one in operations(api.written).items()} == theirs


def test_models_are_the_same(api: Api) -> None:
    assert models(api.written) == models(api.coded)


def test_the_document_is_valid_openapi(api: Api) -> None:
    validate(api.written)


def test_every_method_is_checked_and_goes_to_the_function(api: Api) -> None:
    validators = api.written["x-amazon-apigateway-request-validators"]
    assert validators[api.written["x-amazon-apigateway-request-validator"]] == {
        "validateRequestBody": True,
        "validateRequestParameters": True,
    }
    for operation in operations(api.written).values():
        assert operation["x-amazon-apigateway-integration"]["type"] == "aws_proxy"


@pytest.mark.fidelity("petstore.include-long-form")
def test_no_short_form_of_a_cloudformation_function_is_used(api: Api) -> None:
    assert not re.search(r"(^|\s)!(Ref|Sub|GetAtt)\b", text_of(api.package))
