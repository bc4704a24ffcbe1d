"""The routes. Each parses, calls `service` and names the status; `openapi.yaml` says what is due.

Loaded by the first request, not with the function: see `petstore.app`.
"""

import os
import secrets
import string
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response, content_types
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path, Query
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from petstore import pets, refusals, service
from petstore.models import Pet, PetInput, PetPage, Problem
from petstore.pets import MAX_PRICE_CENTS, PET_ID_PATTERN, Filters, PetType
from petstore.store import PetTable
from petstore.telemetry import metrics

ETAG_PATTERN = r'^"[1-9][0-9]{0,9}"$'
ID_LETTERS = string.digits + string.ascii_lowercase
ID_LENGTH = 12

PetId = Annotated[str, Path(alias="petId", pattern=PET_ID_PATTERN)]
IfMatch = Annotated[str | None, Header(alias="If-Match", pattern=ETAG_PATTERN)]
IdempotencyKey = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=255, pattern=r"^[!-~]+$")
]

app = APIGatewayRestResolver(
    enable_validation=True,
    # Powertools would blame the caller (422) for an answer of ours that breaks the contract.
    response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
    json_body_deserializer=refusals.parse_object,
)
refusals.register(app)


@cache
def table() -> service.Pets:
    """Open the table on first use: importing this module must need no environment."""
    return PetTable.named(os.environ["PETS_TABLE"])


def answer(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one event of API Gateway (REST, proxy integration)."""
    if event["httpMethod"] in {"POST", "PUT"} and _media_type(event) != "application/json":
        return _unsupported()  # Powertools would read forms, and fail on a multipart one
    return app.resolve(event, context)


def due(model: type[Pet | PetPage] | None, success: int, *refused: int) -> dict[int, Any]:
    """Return the responses of a route: a model on success, problems otherwise."""
    content = {content_types.APPLICATION_JSON: {"model": model}} if model else {}
    problem = {"description": "", "content": {refusals.PROBLEM_JSON: {"model": Problem}}}
    return {success: {"description": "", "content": content}} | dict.fromkeys(refused, problem)


@app.get("/pets", operation_id="ListPets", responses=due(PetPage, 200, 400, 500))
def list_pets(
    pet_type: Annotated[PetType | None, Query(alias="type")] = None,
    low: Annotated[int | None, Query(alias="minPriceCents", ge=0, le=MAX_PRICE_CENTS)] = None,
    high: Annotated[int | None, Query(alias="maxPriceCents", ge=0, le=MAX_PRICE_CENTS)] = None,
    page_size: Annotated[int, Query(alias="pageSize", ge=1, le=100)] = 20,
    token: Annotated[str | None, Query(alias="nextToken", min_length=1, max_length=512)] = None,
) -> PetPage:
    """List pets, cheapest first."""
    filters = Filters(pet_type, low, high)
    page = service.list_pets(filters, page_size=page_size, next_token=token, pets=table())
    return PetPage.of(page)


@app.get("/pets/<petId>", operation_id="GetPetById", responses=due(Pet, 200, 400, 404, 500))
def get_pet(pet_id: PetId) -> Response[Pet]:
    """Answer with one pet."""
    return _with_etag(HTTPStatus.OK, service.get_pet(pet_id, pets=table()))


@app.post("/pets", operation_id="CreatePet", responses=due(Pet, 201, 400, 409, 415, 422, 500))
def create_pet(pet: Annotated[PetInput, Body()], key: IdempotencyKey = None) -> Response[Pet]:
    """Make a pet."""
    made = service.create_pet(
        pet.details(), key=key, pet_id=_new_id(), now=datetime.now(UTC), pets=table()
    )
    metrics.add_metric(name="PetCreated", unit=MetricUnit.Count, value=1)
    # Relative to this request's own URL, for only the caller knows what precedes /pets: a stage?
    return _with_etag(HTTPStatus.CREATED, made, Location=f"pets/{made.pet_id}")


@app.put(
    "/pets/<petId>",
    operation_id="UpdatePet",
    responses=due(Pet, 200, 400, 404, 412, 415, 428, 500),
)
def update_pet(
    pet_id: PetId,
    pet: Annotated[PetInput, Body()],
    if_match: IfMatch = None,
) -> Response[Pet]:
    """Change a pet."""
    now, version = datetime.now(UTC), _version(if_match)
    changed = service.update_pet(pet_id, pet.details(), version=version, now=now, pets=table())
    return _with_etag(HTTPStatus.OK, changed)


@app.delete("/pets/<petId>", operation_id="DeletePet", responses=due(None, 204, 400, 404, 412, 500))
def delete_pet(pet_id: PetId, if_match: IfMatch = None) -> Response[str]:
    """Remove a pet."""
    service.delete_pet(pet_id, version=_version(if_match), pets=table())
    return Response(HTTPStatus.NO_CONTENT, body="")  # the proxy format wants text, not null


@app.route("/pets", method=["DELETE", "HEAD", "OPTIONS", "PATCH", "PUT"], include_in_schema=False)
def no_such_method_on_pets() -> Response[str]:
    """Refuse what /pets does not have. API Gateway lets none of it through."""
    return refusals.refuse_method("GET, POST")


@app.route("/pets/<petId>", method=["HEAD", "OPTIONS", "PATCH", "POST"], include_in_schema=False)
def no_such_method_on_a_pet(pet_id: Annotated[str, Path(alias="petId")]) -> Response[str]:
    """Refuse what /pets/{petId} does not have. API Gateway lets none of it through."""
    return refusals.refuse_method("DELETE, GET, PUT")


def _with_etag(status: HTTPStatus, pet: pets.Pet, **headers: str) -> Response[Pet]:
    headers["ETag"] = f'"{pet.version}"'
    return Response(status, content_types.APPLICATION_JSON, Pet.of(pet), headers)


def _version(if_match: str | None) -> int | None:
    return None if if_match is None else int(if_match.strip('"'))


def _media_type(event: Mapping[str, Any]) -> str:
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    content_type: str = headers.get("content-type") or content_types.APPLICATION_JSON
    return content_type.partition(";")[0].strip()  # in lower case, as Powertools will have it


def _unsupported() -> dict[str, Any]:
    refusal = refusals.refuse_media_type()
    return {
        "statusCode": refusal.status_code,
        "headers": refusal.headers,
        "body": refusal.body,
        "isBase64Encoded": False,
    }


def _new_id() -> str:
    return "pet-" + "".join(secrets.choice(ID_LETTERS) for _ in range(ID_LENGTH))
