"""The routes. Each parses and calls `service`; `openapi.yaml` says what is due.

Loaded by the first request, not with the function: see `internal_api.app`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response, content_types
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi import params
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from internal_api import service
from internal_api.errors import InternalApiError
from internal_api.models import (
    INCIDENT_ID,
    RUNBOOK_ID,
    SERVICE_NAME,
    Catalogue,
    Health,
    Incident,
    IncidentList,
    Model,
    Progress,
    Refusal,
    Runbook,
    ServiceList,
    ServiceStatus,
    Severity,
)
from internal_api.telemetry import logger

CATALOGUE = Path(__file__).with_name("catalogue.json")

app = APIGatewayRestResolver(
    enable_validation=True,
    # Powertools would blame the caller (422) for an answer of ours that breaks the contract.
    response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
)


@cache
def catalogue() -> Catalogue:
    """Read the catalogue on first use; it ships with the function."""
    return Catalogue.model_validate_json(CATALOGUE.read_bytes())


def due(model: type[Model], *refused: int) -> dict[int, Any]:
    """Return the responses of a route: a model on success, refusals otherwise."""
    content = {content_types.APPLICATION_JSON: {"model": model}}
    refusal = {"description": "", "content": {content_types.APPLICATION_JSON: {"model": Refusal}}}
    return {200: {"description": "", "content": content}} | dict.fromkeys(refused, refusal)


@app.get("/services", operation_id="ListServices", responses=due(ServiceList, 400, 500))
def list_services(status: Annotated[Health | None, params.Query()] = None) -> ServiceList:
    """List services."""
    return service.list_services(status, catalogue=catalogue())


@app.get(
    "/services/<name>",
    operation_id="GetServiceStatus",
    responses=due(ServiceStatus, 400, 404, 500),
)
def get_service_status(
    name: Annotated[str, params.Path(pattern=SERVICE_NAME)],
) -> ServiceStatus:
    """Answer with one service."""
    return service.service_status(name, catalogue=catalogue())


@app.get("/incidents", operation_id="ListIncidents", responses=due(IncidentList, 400, 500))
def list_incidents(
    of: Annotated[str | None, params.Query(alias="service", pattern=SERVICE_NAME)] = None,
    status: Annotated[Progress | None, params.Query()] = None,
    severity: Annotated[Severity | None, params.Query()] = None,
) -> IncidentList:
    """List incidents."""
    return service.list_incidents(of, status, severity, catalogue=catalogue())


@app.get(
    "/incidents/<incident_id>",
    operation_id="GetIncident",
    responses=due(Incident, 400, 404, 500),
)
def get_incident(
    incident_id: Annotated[str, params.Path(pattern=INCIDENT_ID)],
) -> Incident:
    """Answer with one incident."""
    return service.incident(incident_id, catalogue=catalogue())


@app.get("/runbooks/<runbook_id>", operation_id="GetRunbook", responses=due(Runbook, 400, 404, 500))
def get_runbook(runbook_id: Annotated[str, params.Path(pattern=RUNBOOK_ID)]) -> Runbook:
    """Answer with one runbook."""
    return service.runbook(runbook_id, catalogue=catalogue())


@app.exception_handler(InternalApiError)
def refuse(error: InternalApiError) -> Response[str]:
    """Answer that what is asked for is not there."""
    return _refused(HTTPStatus.NOT_FOUND, error.code, str(error))


@app.exception_handler(RequestValidationError)
def refuse_invalid(error: RequestValidationError) -> Response[str]:
    """Answer a request that breaks the contract, naming its fields and not what was in them."""
    errors: Sequence[Mapping[str, Any]] = error.errors()
    said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in errors)
    return _refused(HTTPStatus.BAD_REQUEST, "invalid_request", said)


@app.not_found
def refuse_path(_: NotFoundError) -> Response[str]:
    """Answer a path or method that does not exist. API Gateway lets none of it through."""
    return _refused(HTTPStatus.NOT_FOUND, "path_not_found", "There is nothing at this path.")


@app.exception_handler(Exception)
def admit_fault(error: Exception) -> Response[str]:
    """Answer a bug: it is logged with its trace, and the caller learns only that it happened."""
    logger.exception("unexpected fault", extra={"error": type(error).__name__})
    refusal = Refusal(code="fault", message="This is a fault of ours.")
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, refusal)


def _refused(status: HTTPStatus, code: str, message: str) -> Response[str]:
    logger.info("request refused", extra={"code": code, "status": int(status)})
    return _answer(status, Refusal(code=code, message=message))


def _answer(status: HTTPStatus, refusal: Refusal) -> Response[str]:
    return Response(int(status), content_types.APPLICATION_JSON, refusal.model_dump_json())
