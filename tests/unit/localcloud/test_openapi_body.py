from typing import Any

from localcloud.engine.openapi_body import absolute_references, exported_references, read_body

SPEC: dict[str, Any] = {
    "openapi": "3.0.1",
    "x-amazon-apigateway-request-validators": {
        "all": {"validateRequestBody": True, "validateRequestParameters": False}
    },
    "x-amazon-apigateway-request-validator": "all",
    "paths": {
        "/pets": {
            "parameters": [{"$ref": "#/components/parameters/Trace"}],
            "get": {
                "operationId": "ListPets",
                "parameters": [{"name": "type", "in": "query", "schema": {"type": "string"}}],
                "responses": {
                    "200": {
                        "headers": {"ETag": {"schema": {"type": "string"}}},
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pets"}}
                        },
                    }
                },
            },
            "post": {
                "operationId": "CreatePet",
                "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
                "responses": {},
            },
        }
    },
    "components": {
        "parameters": {"Trace": {"name": "X-Trace", "in": "header", "required": True}},
        "schemas": {
            "Pet": {"type": "object"},
            "Pets": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
        },
    },
}


def test_a_method_keeps_its_name_its_validator_and_where_its_parameters_are() -> None:
    list_pets = read_body(SPEC, api_id="abc").methods[0]

    assert list_pets.operation_name == "ListPets"
    assert list_pets.validator == "all"
    assert list_pets.parameters == {
        "method.request.header.X-Trace": True,
        "method.request.querystring.type": False,
    }


def test_a_response_keeps_its_model_and_its_headers() -> None:
    response = read_body(SPEC, api_id="abc").methods[0].responses["200"]

    assert response.models == {"application/json": "Pets"}
    assert response.headers == ("ETag",)


def test_a_schema_without_a_name_becomes_a_model_of_its_own() -> None:
    body = read_body(SPEC, api_id="abc")

    assert body.methods[1].request_models == {"application/json": "CreatePetRequest"}
    assert body.models["CreatePetRequest"] == {"type": "object"}


def test_a_method_without_responses_has_none() -> None:
    assert read_body(SPEC, api_id="abc").methods[1].responses == {}


def test_validators_say_what_they_check() -> None:
    validator = read_body(SPEC, api_id="abc").validators["all"]

    assert (validator.body, validator.parameters) == (True, False)


def test_references_between_models_survive_the_way_in_and_out() -> None:
    schema = SPEC["components"]["schemas"]["Pets"]

    kept = absolute_references(schema, "abc")

    assert kept == {
        "type": "array",
        "items": {"$ref": "https://apigateway.amazonaws.com/restapis/abc/models/Pet"},
    }
    assert exported_references(kept) == schema
