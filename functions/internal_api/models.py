"""The API's models, as `openapi.yaml` has them. The catalogue is checked against the same."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SERVICE_NAME = r"^[a-z][a-z0-9-]{0,62}$"
INCIDENT_ID = r"^INC-[0-9]{1,8}$"
RUNBOOK_ID = r"^RB-[0-9]{1,8}$"

Health = Literal["healthy", "degraded", "down"]
Severity = Literal["SEV1", "SEV2", "SEV3"]
Progress = Literal["open", "resolved"]
ServiceName = Annotated[str, Field(pattern=SERVICE_NAME)]
IncidentId = Annotated[str, Field(pattern=INCIDENT_ID)]
RunbookId = Annotated[str, Field(pattern=RUNBOOK_ID)]


def _absent(value: object) -> bool:
    """Leave a member out rather than say null: the document knows no null."""
    return value is None


class Model(BaseModel):
    """What all models share."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class ServiceSummary(Model):
    """A service in a list."""

    name: ServiceName
    description: str
    team: str
    status: Health


class Service(ServiceSummary):
    """A service as it is running."""

    on_call: str
    version: str
    deployed_at: datetime
    error_rate_percent: Annotated[float, Field(ge=0, le=100)]
    p99_latency_ms: Annotated[int, Field(ge=0)]
    depends_on: list[ServiceName]
    runbooks: list[RunbookId]


class ServiceStatus(Service):
    """A service, and what is going on with it."""

    open_incidents: list[IncidentId]


class ServiceList(Model):
    """Services by name."""

    services: list[ServiceSummary]


class IncidentSummary(Model):
    """An incident in a list."""

    incident_id: IncidentId
    service: ServiceName
    title: str
    severity: Severity
    status: Progress
    started_at: datetime


class Event(Model):
    """Something that happened in an incident."""

    at: datetime
    event: str


class Incident(IncidentSummary):
    """All there is to know of an incident. Without `resolved_at` it goes on."""

    resolved_at: Annotated[datetime | None, Field(exclude_if=_absent)] = None
    impact: str
    cause: Annotated[str | None, Field(exclude_if=_absent)] = None
    timeline: list[Event]
    runbooks: list[RunbookId]


class IncidentList(Model):
    """Incidents, the latest first."""

    incidents: list[IncidentSummary]


class Runbook(Model):
    """What to do when something happens."""

    runbook_id: RunbookId
    title: str
    service: ServiceName
    symptoms: list[str]
    steps: list[str]
    escalate_to: str


class Refusal(Model):
    """Why a request was refused."""

    code: str
    message: str


class Catalogue(Model):
    """What the API answers from."""

    services: list[Service]
    incidents: list[Incident]
    runbooks: list[Runbook]
