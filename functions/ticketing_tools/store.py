"""Tickets in one DynamoDB table: `pk` is `TICKET#<ticketId>`, and comments are in their ticket."""

from bridges.records import plain, record
from bridges.table import Table
from ticketing_tools.tickets import Ticket


class TicketTable:
    """A `ticketing_tools.tickets.Backend` in DynamoDB."""

    def __init__(self, table: Table) -> None:
        """Take the table."""
        self._table = table

    def get(self, ticket_id: str) -> Ticket | None:
        """Return the ticket of this id as it is now, or None."""
        found = self._table.get(pk=_pk(ticket_id))
        return None if found is None else record(Ticket, found)

    def add(self, ticket: Ticket) -> Ticket:
        """Keep a ticket, or return the one there is of its id."""
        if self._table.add({"pk": _pk(ticket.ticket_id)} | plain(ticket)):
            return ticket
        return self.get(ticket.ticket_id) or ticket

    def replace(self, ticket: Ticket) -> bool:
        """Keep a ticket in place of the version before its own."""
        item = {"pk": _pk(ticket.ticket_id)} | plain(ticket)
        return self._table.replace(item, version=ticket.version - 1)


def _pk(ticket_id: str) -> str:
    return f"TICKET#{ticket_id}"
