"""The function as API Gateway sees it, on moto's DynamoDB."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from petstore import api
from petstore.app import lambda_handler
from petstore.store import PetTable
from petstore.telemetry import logger
from tests.support.petstore import Context, api_event

TWEETY = {"name": "Tweety", "type": "bird", "priceCents": 4999}


@dataclass(frozen=True)
class Answer:
    """One response, with header names in lower case."""

    status: int
    headers: dict[str, str]
    body: Any


def ask(method: str, path: str, **parts: Any) -> Answer:  # noqa: ANN401  # parts of an event
    result = lambda_handler(api_event(method, path, **parts), Context())
    headers = result.get("headers") or {k: v[0] for k, v in result["multiValueHeaders"].items()}
    body = json.loads(result["body"]) if result["body"] else None
    return Answer(result["statusCode"], {k.lower(): v for k, v in headers.items()}, body)


def create(pet: dict[str, Any], **headers: str) -> Answer:
    return ask("POST", "/pets", body=json.dumps(pet), headers=headers)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """Collect what the function's logger writes."""
    written, handler = StringIO(), logger.registered_handler
    stream = handler.setStream(written)  # type: ignore[attr-defined] # it is a StreamHandler
    yield written
    handler.setStream(stream)  # type: ignore[attr-defined] # as above


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_created_pet_is_found_at_its_location(table: PetTable) -> None:
    made = create(TWEETY)
    assert made.status == 201
    # The stage is part of the URL, and the handler does not know where its API is mounted.
    location = urljoin("https://api.example/prod/pets", made.headers["location"])
    assert location == f"https://api.example/prod/pets/{made.body['petId']}"
    found = ask("GET", location.removeprefix("https://api.example/prod"))
    assert found == Answer(200, {"etag": '"1"', "content-type": "application/json"}, made.body)


def test_a_pet_is_born_now_in_utc(table: PetTable) -> None:
    before = datetime.now(UTC)
    body = create(TWEETY).body
    assert before <= datetime.fromisoformat(body["createdAt"]) <= datetime.now(UTC)
    assert body["updatedAt"] == body["createdAt"]


def test_creating_twice_with_one_key_is_one_pet(table: PetTable) -> None:
    key = {"Idempotency-Key": "order-17"}
    first, second = create(TWEETY, **key), create(TWEETY, **key)
    assert (second.status, second.body) == (201, first.body)
    assert len(ask("GET", "/pets", query={"type": "bird"}).body["pets"]) == 1


def test_one_key_for_two_pets_is_422(table: PetTable) -> None:
    key = {"Idempotency-Key": "order-17"}
    create(TWEETY, **key)
    refused = create(TWEETY | {"name": "Sylvester"}, **key)
    assert (refused.status, refused.body["code"]) == (422, "key_reused")


def test_the_etag_of_an_answer_is_what_the_next_change_needs(table: PetTable) -> None:
    body = json.dumps(TWEETY)
    etag = ask("GET", "/pets/pet-1").headers["etag"]
    changed = ask("PUT", "/pets/pet-1", body=body, headers={"If-Match": etag})
    assert (changed.status, changed.headers["etag"]) == (200, '"2"')
    assert ask("PUT", "/pets/pet-1", body=body, headers={"If-Match": etag}).status == 412
    assert ask("DELETE", "/pets/pet-1", headers={"If-Match": etag}).status == 412
    assert ask("DELETE", "/pets/pet-1", headers={"If-Match": '"2"'}).status == 204


def test_deleting_twice_is_404(table: PetTable) -> None:
    assert ask("DELETE", "/pets/pet-1") == Answer(204, {}, None)
    again = ask("DELETE", "/pets/pet-1")
    assert (again.status, again.body["code"]) == (404, "pet_not_found")


@pytest.mark.fidelity("petstore.proxy-body-is-text")
def test_an_answer_without_content_has_text_for_a_body_all_the_same(table: PetTable) -> None:
    result = lambda_handler(api_event("DELETE", "/pets/pet-1"), Context())
    assert (result["statusCode"], result["body"]) == (204, "")


def test_pages_lead_through_the_listing(table: PetTable) -> None:
    seen: list[str] = []
    query: dict[str, str] = {"pageSize": "2"}
    while query:
        page = ask("GET", "/pets", query=query).body
        seen += [pet["petId"] for pet in page["pets"]]
        query = {"pageSize": "2", "nextToken": page["nextToken"]} if "nextToken" in page else {}
    assert seen == ["pet-3", "pet-2", "pet-1"]


def test_a_refused_method_names_those_there_are(table: PetTable) -> None:
    refused = ask("DELETE", "/pets")
    assert (refused.status, refused.headers["allow"]) == (405, "GET, POST")


def test_a_refusal_is_a_problem_with_the_fields_at_fault(table: PetTable) -> None:
    refused = create(TWEETY | {"priceCents": -1, "colour": "yellow"})
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.body == {
        "type": "urn:petstore:problem:invalid_request",
        "title": "Bad Request",
        "status": 400,
        "detail": "2 part(s) of the request are not valid.",
        "code": "invalid_request",
        "errors": [
            {
                "field": "body.priceCents",
                "code": "greater_than_equal",
                "message": "Input should be greater than or equal to 0",
            },
            {
                "field": "body.colour",
                "code": "extra_forbidden",
                "message": "Extra inputs are not permitted",
            },
        ],
    }


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded"],
)
def test_a_body_that_does_not_call_itself_json_is_415(table: PetTable, content_type: str) -> None:
    headers = {"content-type": content_type}
    assert ask("POST", "/pets", body=json.dumps(TWEETY), headers=headers).status == 415


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_json_may_say_its_character_set(table: PetTable, content_type: str) -> None:
    headers = {"Content-Type": content_type}
    assert ask("POST", "/pets", body=json.dumps(TWEETY), headers=headers).status == 201


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "null",
        "[]",
        json.dumps([TWEETY]),
        '"pet"',
        "[" * 100_000,
        json.dumps(TWEETY).replace("4999", "9" * 5000),
        json.dumps(TWEETY).replace("4999", "NaN"),
        json.dumps(TWEETY).replace("4999", "4999.5"),
        json.dumps(TWEETY).replace("4999", "true"),
        json.dumps(TWEETY).replace("Tweety", "\\ud800"),
        json.dumps(TWEETY).replace("Tweety", "x" * 1_000_000),
    ],
)
def test_a_body_that_is_no_pet_is_400(table: PetTable, body: str | None) -> None:
    refused = ask("POST", "/pets", body=body)
    assert (refused.status, refused.body["code"]) == (400, "invalid_request")


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    query=st.dictionaries(
        st.sampled_from(["type", "minPriceCents", "maxPriceCents", "pageSize", "nextToken", "x"]),
        st.text(max_size=20) | st.integers().map(str),
    )
)
def test_no_query_makes_a_fault(table: PetTable, query: dict[str, str]) -> None:
    assert ask("GET", "/pets", query=query or None).status in (200, 400)


def test_a_refusal_is_logged_by_its_code_and_nothing_that_was_sent(
    table: PetTable, log: StringIO
) -> None:
    secret = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE"}
    create({"name": "Mr Nobody", "type": "ghost", "priceCents": -7}, **secret)
    for sent in ("Mr Nobody", "ghost", "-7", "AKIDEXAMPLE"):
        assert sent not in log.getvalue()
    assert [(line["level"], line["code"]) for line in lines(log)] == [("INFO", "invalid_request")]


def test_every_log_line_carries_the_request_id_of_api_gateway(
    table: PetTable, log: StringIO
) -> None:
    ask("GET", "/pets/pet-9")
    assert [line["code"] for line in lines(log)] == ["pet_not_found"]
    assert lines(log)[0]["correlation_id"] == "11111111-2222-4333-8444-555555555555"


def test_a_store_that_fails_is_a_500_that_says_nothing_of_it(
    aws: None, monkeypatch: pytest.MonkeyPatch, log: StringIO
) -> None:
    monkeypatch.setenv("PETS_TABLE", "no-such-table")
    api.table.cache_clear()
    failed = ask("GET", "/pets/pet-1")
    api.table.cache_clear()
    assert (failed.status, failed.body["code"]) == (500, "fault")
    assert "table" not in failed.body["detail"]
    assert [(line["level"], line["error"]) for line in lines(log)] == [
        ("ERROR", "ResourceNotFoundException")
    ]


def test_an_answer_that_breaks_the_contract_is_a_500_and_not_the_callers_fault(
    table: PetTable,
    dynamodb: Any,  # noqa: ANN401  # a client
    log: StringIO,
) -> None:
    dynamodb.update_item(
        TableName="pets",
        Key={"pk": {"S": "PET#pet-1"}},
        UpdateExpression="SET priceCents = :wrong",
        ExpressionAttributeValues={":wrong": {"N": "-70707"}},
    )
    failed = ask("GET", "/pets/pet-1")
    assert (failed.status, failed.body["code"]) == (500, "fault")
    assert [line["error"] for line in lines(log)] == ["ValidationError"]
    assert "70707" not in log.getvalue()
