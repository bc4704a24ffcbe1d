"""What the CRM's tools do, on a CRM in memory."""

import pytest
from pydantic import ValidationError

from bridges.errors import Conflict, NotThere
from bridges.toolbox import Asked
from crm_tools import service
from crm_tools.crm import Customer
from crm_tools.models import CreateCase, DeleteCustomer, GetOpportunities, LookupCustomer
from tests.support.bridges import ASKED, CONTRACT, INES, JAN, JANE, NOW, TRAINING, CrmInMemory


@pytest.fixture
def crm() -> CrmInMemory:
    crm = CrmInMemory()
    for customer in (JANE, JAN, INES):
        crm.add_customer(customer)
    for opportunity in (CONTRACT, TRAINING):
        crm.add_opportunity(opportunity)
    return crm


CASE = CreateCase(account_id="ACME-001", subject="No signal", description="Since Monday.")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"account_id": "ACME-001"}, [JANE]),
        ({"email": "JANE.Miller@acme.example"}, [JANE]),
        ({"name": "jan"}, [JAN, JANE]),
        ({"name": "Jan Novak"}, [JAN]),
        ({"name": "jan", "email": "jan.novak@globex.example"}, [JAN]),
        ({"account_id": "ACME-001", "email": "jan.novak@globex.example"}, []),
        ({"account_id": "NOBODY"}, []),
    ],
)
def test_customers_are_found_by_all_that_is_stated(
    asked: dict[str, str], found: list[Customer], crm: CrmInMemory
) -> None:
    assert service.lookup_customer(LookupCustomer(**asked), crm=crm) == found


def test_a_lookup_says_whom() -> None:
    with pytest.raises(ValidationError, match="state email, account_id or name"):
        LookupCustomer()


def test_a_name_that_many_begin_with_finds_the_first_of_them(crm: CrmInMemory) -> None:
    for number in range(50):
        crm.add_customer(Customer(f"C-{number:02}", f"Zoe {number:02}", "zoe@x.example", "acme"))
    found = service.lookup_customer(LookupCustomer(name="zoe"), crm=crm)
    assert [one.account_id for one in found] == [f"C-{n:02}" for n in range(service.MAX_FOUND)]


def test_opportunities_are_of_one_customer_and_one_stage(crm: CrmInMemory) -> None:
    every = GetOpportunities(account_id="ACME-001")
    assert service.get_opportunities(every, crm=crm) == [CONTRACT, TRAINING]
    one = GetOpportunities(account_id="ACME-001", stage="Prospecting")
    assert service.get_opportunities(one, crm=crm) == [TRAINING]


def test_a_customer_that_is_not_there_has_no_opportunities_and_gets_no_case(
    crm: CrmInMemory,
) -> None:
    with pytest.raises(NotThere, match=r"^not_there: account_id: "):
        service.get_opportunities(GetOpportunities(account_id="NOBODY"), crm=crm)
    with pytest.raises(NotThere, match=r"^not_there: account_id: "):
        service.create_case(CASE.model_copy(update={"account_id": "NOBODY"}), ASKED, crm=crm)
    assert crm.cases == {}


def test_a_case_is_new_medium_and_made_now(crm: CrmInMemory) -> None:
    case = service.create_case(CASE, ASKED, crm=crm)
    assert (case.status, case.priority, case.created_at) == ("New", "Medium", NOW)
    assert crm.cases == {case.case_id: case}


def test_a_call_that_is_delivered_twice_makes_one_case(crm: CrmInMemory) -> None:
    first = service.create_case(CASE, ASKED, crm=crm)
    again = service.create_case(CASE, Asked(NOW.replace(hour=4), ASKED.key), crm=crm)
    assert again == first
    assert len(crm.cases) == 1


def test_another_call_for_the_same_makes_another_case(crm: CrmInMemory) -> None:
    service.create_case(CASE, ASKED, crm=crm)
    service.create_case(CASE, Asked(NOW, "gateway/target/request-2/1"), crm=crm)
    assert len(crm.cases) == 2


def test_a_key_that_made_another_case_is_no_excuse_to_return_that(crm: CrmInMemory) -> None:
    service.create_case(CASE, ASKED, crm=crm)
    with pytest.raises(Conflict):
        service.create_case(CASE.model_copy(update={"subject": "Other"}), ASKED, crm=crm)


@pytest.mark.parametrize("priority", ["critical", "Urgent", ""])
def test_priorities_are_those_there_are(priority: str) -> None:
    with pytest.raises(ValidationError, match="'Low', 'Medium', 'High' or 'Critical'"):
        CreateCase.model_validate(CASE.model_dump() | {"priority": priority})


def test_a_customer_goes_with_all_that_is_of_it_and_nothing_else(crm: CrmInMemory) -> None:
    service.create_case(CASE, ASKED, crm=crm)
    assert service.delete_customer(DeleteCustomer(account_id="ACME-001"), crm=crm) == "ACME-001"
    assert set(crm.customers) == {"GLOBEX-001", "GLOBEX-002"}
    assert (crm.sales, crm.cases) == ({}, {})
    with pytest.raises(NotThere):
        service.delete_customer(DeleteCustomer(account_id="ACME-001"), crm=crm)
