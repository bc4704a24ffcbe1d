"""What the operations team can be asked. The catalogue comes in as an argument."""

from internal_api.errors import IncidentNotFound, RunbookNotFound, ServiceNotFound
from internal_api.models import (
    Catalogue,
    Health,
    Incident,
    IncidentList,
    IncidentSummary,
    Progress,
    Runbook,
    ServiceList,
    ServiceStatus,
    ServiceSummary,
    Severity,
)


def list_services(status: Health | None, *, catalogue: Catalogue) -> ServiceList:
    """List services by name, of a status if one is given."""
    found = [one for one in catalogue.services if status in (None, one.status)]
    found.sort(key=lambda one: one.name)
    fields = set(ServiceSummary.model_fields)
    return ServiceList(services=[ServiceSummary(**one.model_dump(include=fields)) for one in found])


def service_status(name: str, *, catalogue: Catalogue) -> ServiceStatus:
    """Return a service with its open incidents.

    Raises:
        ServiceNotFound: there is none of this name.
    """
    service = next((one for one in catalogue.services if one.name == name), None)
    if service is None:
        known = ", ".join(sorted(one.name for one in catalogue.services))
        raise ServiceNotFound(f"There is no service {name}. There are: {known}.")
    concerned = [one for one in catalogue.incidents if one.service == name]
    going_on = [one.incident_id for one in concerned if one.status == "open"]
    return ServiceStatus(**service.model_dump(), open_incidents=going_on)


def list_incidents(
    service: str | None,
    status: Progress | None,
    severity: Severity | None,
    *,
    catalogue: Catalogue,
) -> IncidentList:
    """List incidents, the latest first; each filter narrows the list if it is given."""
    found = [
        one
        for one in catalogue.incidents
        if service in (None, one.service)
        and status in (None, one.status)
        and severity in (None, one.severity)
    ]
    found.sort(key=lambda one: one.started_at, reverse=True)
    fields = set(IncidentSummary.model_fields)
    summaries = [IncidentSummary(**one.model_dump(include=fields)) for one in found]
    return IncidentList(incidents=summaries)


def incident(incident_id: str, *, catalogue: Catalogue) -> Incident:
    """Return an incident.

    Raises:
        IncidentNotFound: there is none of this id.
    """
    for one in catalogue.incidents:
        if one.incident_id == incident_id:
            return one
    raise IncidentNotFound(f"There is no incident {incident_id}.")


def runbook(runbook_id: str, *, catalogue: Catalogue) -> Runbook:
    """Return a runbook.

    Raises:
        RunbookNotFound: there is none of this id.
    """
    for one in catalogue.runbooks:
        if one.runbook_id == runbook_id:
            return one
    raise RunbookNotFound(f"There is no runbook {runbook_id}.")
