"""The ticketing system's tools, wired to the system that the function's environment names."""

import os
from collections.abc import Callable
from functools import cache

from bridges.backends import STORE, chosen
from bridges.records import plain
from bridges.table import Table
from bridges.toolbox import Tool, Toolbox
from ticketing_tools import service
from ticketing_tools.models import CreateTicket, GetTicket, UpdateTicket
from ticketing_tools.store import TicketTable
from ticketing_tools.tickets import Backend

BACKENDS: dict[str, Callable[[], Backend]] = {
    STORE: lambda: TicketTable(Table.named(os.environ["TICKETS_TABLE"])),
}
"""By the value of `BACKEND`. The vendor's API is one more entry, with a `Backend` of its own."""


@cache
def opened() -> Toolbox:
    """Return the tools, opened on the first call and kept."""
    return toolbox(chosen(BACKENDS))


def toolbox(tickets: Backend) -> Toolbox:
    """Return the tools on a ticketing system."""
    return Toolbox(
        {
            "create_ticket": Tool(
                CreateTicket,
                lambda asked, at: plain(service.create_ticket(asked, at, tickets=tickets)),
            ),
            "get_ticket": Tool(
                GetTicket, lambda asked, _: plain(service.get_ticket(asked, tickets=tickets))
            ),
            "update_ticket": Tool(
                UpdateTicket,
                lambda asked, at: plain(service.update_ticket(asked, at, tickets=tickets)),
            ),
        }
    )
