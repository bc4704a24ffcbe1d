"""What every system behind a bridge does alike: in memory, and in DynamoDB (moto)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bridges.records import plain
from bridges.table import Table
from comms_tools.messages import Backend as Comms
from comms_tools.messages import Message
from comms_tools.store import MessageTable
from crm_tools.crm import Case
from crm_tools.store import CrmTable
from tests.contract.bridges.conftest import DYNAMODB, MEMORY
from tests.support.bridges import (
    CONTRACT,
    INES,
    JAN,
    JANE,
    NOW,
    TRAINING,
    CommsInMemory,
    CrmInMemory,
    TicketsInMemory,
)
from ticketing_tools.store import TicketTable
from ticketing_tools.tickets import Backend as Tickets
from ticketing_tools.tickets import Comment, Ticket

CASE = Case("case-1", "ACME-001", "No signal", "Since Monday.", "High", NOW)
TICKET = Ticket("OPS-7", "OPS", "Disk full", "Bug", NOW, NOW, assignee="ana")
both = pytest.mark.parametrize("behind", [MEMORY, DYNAMODB])

type Tables = Callable[[str], Table]


@pytest.fixture
def crm(behind: str, table: Tables) -> CrmInMemory | CrmTable:
    crm = CrmInMemory() if behind == MEMORY else CrmTable(table("CrmTable"))
    for customer in (JANE, JAN, INES):
        assert crm.add_customer(customer)
    for opportunity in (TRAINING, CONTRACT):
        assert crm.add_opportunity(opportunity)
    return crm


@both
def test_customers_are_found_by_id_by_email_and_by_the_beginning_of_the_name(
    crm: CrmInMemory | CrmTable,
) -> None:
    assert crm.customer("ACME-001") == JANE
    assert crm.customer("ACME-00") is None
    assert crm.by_email("INES.duarte@globex.example") == [INES]
    assert crm.by_name("jAn", limit=5) == [JAN, JANE]
    assert crm.by_name("jan", limit=1) == [JAN]
    assert crm.by_name("Miller", limit=5) == []


@both
def test_what_is_there_is_not_put_again(crm: CrmInMemory | CrmTable) -> None:
    assert not crm.add_customer(replace(JANE, name="Somebody Else"))
    assert not crm.add_opportunity(replace(CONTRACT, amount_cents=1))
    assert crm.customer("ACME-001") == JANE
    assert crm.opportunities("ACME-001") == [CONTRACT, TRAINING]
    assert crm.add_case(CASE) == CASE
    assert crm.add_case(replace(CASE, subject="Other")) == CASE


@both
def test_a_customer_is_removed_with_all_that_is_of_it(crm: CrmInMemory | CrmTable) -> None:
    crm.add_case(CASE)
    assert crm.remove("ACME-001")
    assert crm.customer("ACME-001") is None
    assert crm.opportunities("ACME-001") == []
    assert crm.by_name("jan", limit=9) == [JAN]
    assert not crm.remove("ACME-001")
    assert crm.add_case(replace(CASE, subject="Other")).subject == "Other"


@pytest.fixture
def tickets(behind: str, table: Tables) -> Tickets:
    return TicketsInMemory() if behind == MEMORY else TicketTable(table("TicketsTable"))


@both
def test_a_ticket_comes_back_as_it_was_kept(tickets: Tickets) -> None:
    commented = replace(TICKET, comments=(Comment("c-1", "On it.", NOW),), description="df -h")
    assert tickets.get("OPS-7") is None
    assert tickets.add(commented) == commented
    assert tickets.get("OPS-7") == commented
    assert tickets.add(TICKET) == commented


@both
def test_a_ticket_is_replaced_by_its_next_version_only(tickets: Tickets) -> None:
    second = replace(TICKET, version=2, status="In Progress")
    assert not tickets.replace(second)  # there is nothing to replace
    tickets.add(TICKET)
    assert tickets.replace(second)
    assert not tickets.replace(replace(second, status="To Do"))
    assert tickets.get("OPS-7") == second


@pytest.fixture
def comms(behind: str, table: Tables) -> Comms:
    return CommsInMemory() if behind == MEMORY else MessageTable(table("MessagesTable"))


@both
def test_messages_are_found_by_their_text_newest_first(comms: Comms) -> None:
    said = [("#ops", "Disk FULL"), ("#sales", "disk sold"), ("#ops", "ok"), ("#ops", "Full again")]
    sent = [
        Message(f"m-{number}", channel, text, NOW + timedelta(minutes=number))
        for number, (channel, text) in enumerate(said)
    ]
    assert [comms.add(one) for one in sent] == sent
    assert comms.add(replace(sent[0], message="Other")) == sent[0]
    assert list(comms.containing("disk", channel=None)) == [sent[1], sent[0]]
    assert list(comms.containing("full", channel="#ops")) == [sent[3], sent[0]]
    assert list(comms.containing("full", channel="#sales")) == []


def test_what_is_not_known_of_a_record_is_not_written(table: Tables) -> None:
    opened = table("TicketsTable")
    TicketTable(opened).add(TICKET)
    item = opened.get(pk="TICKET#OPS-7") or {}
    assert item.keys() == {"pk", *plain(TICKET)}
    assert "description" not in item
