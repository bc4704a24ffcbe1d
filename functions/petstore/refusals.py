"""Refusals as problem bodies (RFC 9457): which status each has, and what the log says of it.

A refusal is expected: INFO, its code, no trace. A fault of ours is an error with its trace, and the
caller learns only that it happened. No log line holds a body, a parameter or a header.
"""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.metrics import MetricUnit

from petstore.errors import (
    BadNextToken,
    BadPriceRange,
    CreationConflict,
    KeyReused,
    PetNotFound,
    PetStoreError,
    VersionMismatch,
    VersionMissing,
)
from petstore.models import FieldError, Problem
from petstore.telemetry import logger, metrics

PROBLEM_JSON: Final = "application/problem+json"

STATUS: dict[type[PetStoreError], HTTPStatus] = {
    BadNextToken: HTTPStatus.BAD_REQUEST,
    BadPriceRange: HTTPStatus.BAD_REQUEST,
    PetNotFound: HTTPStatus.NOT_FOUND,
    CreationConflict: HTTPStatus.CONFLICT,
    VersionMismatch: HTTPStatus.PRECONDITION_FAILED,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    VersionMissing: HTTPStatus.PRECONDITION_REQUIRED,
}


def register(app: APIGatewayRestResolver) -> None:
    """Make an API refuse this way."""
    app.exception_handler(PetStoreError)(refuse)
    app.exception_handler(RequestValidationError)(refuse_invalid)
    app.exception_handler(Exception)(admit_fault)
    app.not_found(refuse_path)


def refuse(error: PetStoreError) -> Response[str]:
    """Answer a refusal of the service."""
    return _problem(STATUS[type(error)], error.code, str(error))


def refuse_invalid(error: RequestValidationError) -> Response[str]:
    """Answer a request that breaks the contract: 400, as API Gateway's own validator does."""
    errors = _field_errors(error.errors())
    detail = f"{len(errors)} part(s) of the request are not valid."
    return _problem(HTTPStatus.BAD_REQUEST, "invalid_request", detail, errors=errors)


def refuse_media_type() -> Response[str]:
    """Answer a body that does not call itself JSON."""
    detail = "The body must be application/json."
    return _problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)


def refuse_path(_: NotFoundError) -> Response[str]:
    """Answer a path that does not exist."""
    return _problem(HTTPStatus.NOT_FOUND, "path_not_found", "There is nothing at this path.")


def refuse_method(allowed: str) -> Response[str]:
    """Answer a method that a path does not have."""
    detail = f"This path has {allowed}."
    status = HTTPStatus.METHOD_NOT_ALLOWED
    return _problem(status, "method_not_allowed", detail, headers={"Allow": allowed})


def admit_fault(error: Exception) -> Response[str]:
    """Answer a bug, or a service we rely on that fails us."""
    logger.exception("unexpected fault", extra={"error": type(error).__name__})
    metrics.add_metric(name="Fault", unit=MetricUnit.Count, value=1)
    return _body(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "This is a fault of ours.")


def parse_object(text: str) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        json.JSONDecodeError: it is anything else, or nested or numbered beyond reason, for which
            `json.loads` has errors that nobody expects of it.
    """
    try:
        content = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise json.JSONDecodeError("not JSON", "", 0) from error
    if not isinstance(content, dict):
        raise json.JSONDecodeError("not a JSON object", "", 0)
    return content


def _problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str | list[str]] | None = None,
) -> Response[str]:
    logger.info("request refused", extra={"code": code, "status": int(status)})
    return _body(status, code, detail, errors=errors, headers=headers)


def _body(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str | list[str]] | None = None,
) -> Response[str]:
    problem = Problem(
        type=f"urn:petstore:problem:{code}",
        title=status.phrase,
        status=status,
        detail=detail,
        code=code,
        errors=errors,
    )
    return Response(int(status), PROBLEM_JSON, problem.model_dump_json(by_alias=True), headers)


def _field_errors(errors: Sequence[Mapping[str, Any]]) -> list[FieldError]:
    """Return Pydantic's errors without the input that caused them."""
    return [
        FieldError(
            field=".".join(str(part) for part in error["loc"]),
            code=error["type"],
            message=error["msg"],
        )
        for error in errors
    ]
