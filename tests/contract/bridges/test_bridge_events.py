"""The sample events of the platform's functions, in process, on tables with the seeds."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import comms_tools.app
import crm_seeds.service
import crm_tools.app
import ticketing_tools.app
import token_claims.app
from bridges.errors import BridgeError
from bridges.table import Table
from comms_tools import tools as comms
from crm_tools import tools as crm
from crm_tools.store import CrmTable
from scripts.event_check.cases import Case, read_all
from tests.support.expectations import differences
from tests.support.petstore import Context
from tests.support.provisioning import as_strings
from tests.support.template import PLATFORM, ROOT, resource
from ticketing_tools import tools as tickets
from token_claims.app import WrongVersion

HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "CrmToolsFunction": crm_tools.app.lambda_handler,
    "TicketingToolsFunction": ticketing_tools.app.lambda_handler,
    "CommsToolsFunction": comms_tools.app.lambda_handler,
    "TokenClaimsFunction": token_claims.app.lambda_handler,
}
CASES = [case for case in read_all(ROOT / "events") if case.function in HANDLERS]


def seeding(tenant: str = "") -> dict[str, Any]:
    """Return the event by which the platform's seeds are put into the table."""
    stated = resource("CrmSeeds", PLATFORM)["Properties"]
    given = {"TableName": "CrmTable", "Tenant": tenant}
    return {"ResourceProperties": as_strings(stated | given)}


@pytest.fixture
def tables(table: Callable[[str], Table]) -> Iterator[None]:
    for logical_id in ("CrmTable", "TicketsTable", "MessagesTable"):
        table(logical_id)
    crm_seeds.service.put(seeding())
    opened = (crm.opened, tickets.opened, comms.opened)
    for one in opened:
        one.cache_clear()
    yield
    for one in opened:
        one.cache_clear()


def invoke(case: Case) -> Any:  # noqa: ANN401 - JSON
    """Return what Lambda would: the result, or the error as it writes it."""
    try:
        return HANDLERS[case.function](case.event, Context())
    except (BridgeError, WrongVersion) as error:
        return {"errorType": type(error).__name__, "errorMessage": str(error)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_platform_event_ends_as_its_file_says(case: Case, tables: None) -> None:
    assert differences(case.returns, json.loads(json.dumps(invoke(case)))) == []


def test_seeds_that_are_there_are_left_as_they_are(tables: None) -> None:
    event = seeding()
    backend = crm.BACKENDS["store"]()
    assert backend.remove("ACME-001")
    crm_seeds.service.put(event)
    found = backend.customer("ACME-001")
    assert found is not None
    assert found.tenant == "acme"
    assert crm_seeds.service.name(event) == "crm-seeds-of-CrmTable"


@pytest.mark.parametrize(
    ("tenant", "customers", "opportunities"),
    [("globex", ["GLOBEX-001", "GLOBEX-002"], ["OPP-3"]), ("initech", [], [])],
)
def test_a_tenant_gets_its_own_seeds_and_no_others(
    table: Callable[[str], Table], tenant: str, customers: list[str], opportunities: list[str]
) -> None:
    kept = table("CrmTable")
    crm_seeds.service.put(seeding(tenant))
    backend = CrmTable(kept)
    everybody = [one["account_id"] for one in seeding()["ResourceProperties"]["Customers"]]
    assert [one for one in everybody if backend.customer(one)] == customers
    sales = [sale.opportunity_id for one in everybody for sale in backend.opportunities(one)]
    assert sales == opportunities
