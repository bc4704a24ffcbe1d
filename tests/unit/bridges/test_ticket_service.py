"""What the ticketing system's tools do, on one in memory."""

from itertools import product

import pytest
from pydantic import ValidationError

from bridges.errors import Conflict, NotAllowedNow, NotThere
from bridges.toolbox import Asked
from tests.support.bridges import ASKED, NOW, TicketsInMemory
from ticketing_tools import service
from ticketing_tools.models import CreateTicket, GetTicket, UpdateTicket
from ticketing_tools.tickets import NEXT, Status, Ticket

CREATE = CreateTicket(project_key="OPS", summary="Disk full", issue_type="Bug")
LATER = Asked(NOW.replace(hour=5), "gateway/target/request-2/1")
LEGAL = {
    ("To Do", "In Progress"),
    ("In Progress", "In Review"),
    ("In Review", "Done"),
    ("In Progress", "To Do"),
    ("In Review", "In Progress"),
    ("Done", "In Progress"),
}


@pytest.fixture
def tickets() -> TicketsInMemory:
    return TicketsInMemory()


@pytest.fixture
def ticket(tickets: TicketsInMemory) -> Ticket:
    return service.create_ticket(CREATE, ASKED, tickets=tickets)


def test_a_ticket_is_to_do_and_medium_and_numbered_in_its_project(ticket: Ticket) -> None:
    assert (ticket.status, ticket.priority, ticket.version) == ("To Do", "Medium", 1)
    assert ticket.created_at == ticket.updated_at == NOW
    assert GetTicket(ticket_id=ticket.ticket_id).ticket_id.startswith("OPS-")


def test_a_call_that_is_delivered_twice_makes_one_ticket(
    ticket: Ticket, tickets: TicketsInMemory
) -> None:
    assert service.create_ticket(CREATE, Asked(LATER.now, ASKED.key), tickets=tickets) == ticket
    assert service.create_ticket(CREATE, LATER, tickets=tickets) != ticket
    assert len(tickets.tickets) == 2


def test_a_number_that_is_taken_makes_the_caller_try_again(tickets: TicketsInMemory) -> None:
    service.create_ticket(CREATE, ASKED, tickets=tickets)
    with pytest.raises(Conflict, match="call again"):
        service.create_ticket(
            CREATE.model_copy(update={"summary": "Other"}), ASKED, tickets=tickets
        )


@pytest.mark.parametrize(("before", "after"), list(product(NEXT, NEXT)))
def test_a_ticket_goes_one_step_on_or_back_and_from_done_back_to_work(
    before: Status, after: Status, tickets: TicketsInMemory, ticket: Ticket
) -> None:
    tickets.tickets[ticket.ticket_id] = Ticket(**vars(ticket) | {"status": before})
    asked = UpdateTicket(ticket_id=ticket.ticket_id, status=after, comment="On it.")
    if before == after or (before, after) in LEGAL:
        assert service.update_ticket(asked, LATER, tickets=tickets).status == after
        return
    with pytest.raises(NotAllowedNow, match=f"^not_allowed_now: status: from {before} "):
        service.update_ticket(asked, LATER, tickets=tickets)
    kept = tickets.tickets[ticket.ticket_id]
    assert (kept.status, kept.comments) == (before, ())  # nothing of a refused update


def test_an_update_changes_what_it_states_and_nothing_else(
    ticket: Ticket, tickets: TicketsInMemory
) -> None:
    asked = UpdateTicket(ticket_id=ticket.ticket_id, assignee="ana", priority="High")
    changed = service.update_ticket(asked, LATER, tickets=tickets)
    assert (changed.assignee, changed.priority, changed.version) == ("ana", "High", 2)
    assert (changed.updated_at, changed.created_at) == (LATER.now, NOW)
    assert (changed.status, changed.summary) == (ticket.status, ticket.summary)


def test_comments_are_kept_in_order_and_each_delivery_of_one_says_it_once(
    ticket: Ticket, tickets: TicketsInMemory
) -> None:
    for text, at in (("One", ASKED), ("One", ASKED), ("Two", LATER)):
        asked = UpdateTicket(ticket_id=ticket.ticket_id, comment=text)
        service.update_ticket(asked, at, tickets=tickets)
    found = service.get_ticket(GetTicket(ticket_id=ticket.ticket_id), tickets=tickets)
    assert [one.text for one in found.comments] == ["One", "Two"]
    assert found.version == 3


def test_an_update_to_what_a_ticket_is_changes_nothing(
    ticket: Ticket, tickets: TicketsInMemory
) -> None:
    asked = UpdateTicket(ticket_id=ticket.ticket_id, status="To Do", priority="Medium")
    assert service.update_ticket(asked, LATER, tickets=tickets) == ticket


def test_an_update_that_comes_second_makes_the_caller_try_again(
    ticket: Ticket, tickets: TicketsInMemory
) -> None:
    class Slow(TicketsInMemory):
        def get(self, ticket_id: str) -> Ticket | None:
            return ticket  # as it was before somebody changed it

    slow = Slow(tickets.tickets)
    asked = UpdateTicket(ticket_id=ticket.ticket_id, priority="High")
    service.update_ticket(asked, ASKED, tickets=tickets)
    with pytest.raises(Conflict, match=r"^conflict: ticket_id: "):
        service.update_ticket(asked, LATER, tickets=slow)


def test_an_update_says_what_to_change() -> None:
    with pytest.raises(ValidationError, match="state status, priority, assignee or comment"):
        UpdateTicket(ticket_id="OPS-1")


@pytest.mark.parametrize("ticket_id", ["ops-1", "OPS-0", "OPS", "OPS-1; DROP"])
def test_ids_are_those_of_tickets(ticket_id: str) -> None:
    with pytest.raises(ValidationError):
        GetTicket(ticket_id=ticket_id)


def test_a_ticket_that_is_not_there_is_neither_shown_nor_changed(tickets: TicketsInMemory) -> None:
    with pytest.raises(NotThere, match=r"^not_there: ticket_id: "):
        service.get_ticket(GetTicket(ticket_id="OPS-1"), tickets=tickets)
    with pytest.raises(NotThere):
        asked = UpdateTicket(ticket_id="OPS-1", comment="Hello?")
        service.update_ticket(asked, ASKED, tickets=tickets)
