"""What the operations team can be asked, on the catalogue that ships."""

import pytest

from internal_api import service
from internal_api.api import catalogue
from internal_api.errors import IncidentNotFound, RunbookNotFound, ServiceNotFound
from internal_api.models import Progress, Severity

SHIPPED = catalogue()


def test_services_are_listed_by_name_and_by_status() -> None:
    everything = service.list_services(None, catalogue=SHIPPED).services
    names = [one.name for one in everything]
    assert names == sorted(names)
    assert len(names) == 5
    down = service.list_services("down", catalogue=SHIPPED).services
    assert [one.name for one in down] == ["roaming-activation"]


def test_a_service_is_shown_with_its_open_incidents_only() -> None:
    roaming = service.service_status("roaming-activation", catalogue=SHIPPED)
    assert (roaming.status, roaming.open_incidents) == ("down", ["INC-2041"])
    queue = service.service_status("message-queue", catalogue=SHIPPED)
    assert (queue.status, queue.open_incidents) == ("healthy", [])


def test_a_service_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ServiceNotFound, match=r"no service mail\. There are: billing, customer-"):
        service.service_status("mail", catalogue=SHIPPED)


@pytest.mark.parametrize(
    ("of", "status", "severity", "found"),
    [
        (None, None, None, ["INC-2040", "INC-2041", "INC-2033"]),
        ("billing", None, None, ["INC-2040"]),
        (None, "resolved", None, ["INC-2033"]),
        (None, "open", "SEV1", ["INC-2041"]),
        ("billing", "resolved", None, []),
    ],
)
def test_incidents_are_listed_latest_first_by_service_status_and_severity(
    of: str | None, status: Progress | None, severity: Severity | None, found: list[str]
) -> None:
    listed = service.list_incidents(of, status, severity, catalogue=SHIPPED)
    assert [one.incident_id for one in listed.incidents] == found


def test_an_incident_tells_what_happened_and_a_runbook_what_to_do() -> None:
    incident = service.incident("INC-2041", catalogue=SHIPPED)
    assert [one.event for one in incident.timeline][-1].endswith("refuse the client certificate")
    assert "resolved_at" not in incident.model_dump()
    (runbook_id,) = incident.runbooks
    runbook = service.runbook(runbook_id, catalogue=SHIPPED)
    assert "roll back to the version before" in runbook.steps[1]


def test_what_is_not_there_is_refused() -> None:
    with pytest.raises(IncidentNotFound, match="INC-1"):
        service.incident("INC-1", catalogue=SHIPPED)
    with pytest.raises(RunbookNotFound, match="RB-9"):
        service.runbook("RB-9", catalogue=SHIPPED)


def test_the_catalogue_speaks_only_of_what_is_in_it() -> None:
    services = {one.name for one in SHIPPED.services}
    runbooks = {one.runbook_id for one in SHIPPED.runbooks}
    assert {name for one in SHIPPED.services for name in one.depends_on} <= services
    assert {one.service for one in SHIPPED.incidents} <= services
    assert {one.service for one in SHIPPED.runbooks} <= services
    assert {name for one in SHIPPED.services for name in one.runbooks} == runbooks
    assert {name for one in SHIPPED.incidents for name in one.runbooks} <= runbooks
    for one in SHIPPED.incidents:
        assert (one.resolved_at is None) == (one.status == "open")
    troubled = {one.service for one in SHIPPED.incidents if one.status == "open"}
    assert troubled == {one.name for one in SHIPPED.services if one.status != "healthy"}
