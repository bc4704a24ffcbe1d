"""What the tools of the ticketing system do. Time, ids and the backend come in as arguments."""

from dataclasses import replace
from typing import Final

from bridges.errors import Conflict, NotAllowedNow, NotThere
from bridges.records import digest
from bridges.toolbox import Asked
from ticketing_tools.models import CreateTicket, GetTicket, UpdateTicket
from ticketing_tools.tickets import NEXT, Backend, Comment, Ticket

NUMBERS: Final = 100_000_000
"""Tickets are numbered by what called for them, not in a row: no counter is to be kept."""


def create_ticket(asked: CreateTicket, at: Asked, *, tickets: Backend) -> Ticket:
    """Create a ticket; a call that is delivered again creates nothing, and returns the same.

    Raises:
        Conflict: the number is another ticket's; call again.
    """
    number = 1 + int(digest(at.key, f"ticket/{asked.project_key}")[:12], 16) % NUMBERS
    ticket = Ticket(
        ticket_id=f"{asked.project_key}-{number}",
        created_at=at.now,
        updated_at=at.now,
        **asked.model_dump(),
    )
    kept = tickets.add(ticket)
    if (kept.summary, kept.issue_type) != (ticket.summary, ticket.issue_type):
        raise Conflict("the ticket's number is taken; call again.")
    return kept


def get_ticket(asked: GetTicket, *, tickets: Backend) -> Ticket:
    """Return a ticket with its comments.

    Raises:
        NotThere: there is none of this id.
    """
    return _ticket(asked.ticket_id, tickets)


def update_ticket(asked: UpdateTicket, at: Asked, *, tickets: Backend) -> Ticket:
    """Change what is stated of a ticket; all of it, or nothing.

    Raises:
        NotThere: there is none of this id.
        NotAllowedNow: it may not go to that status from the one it is in.
        Conflict: another call has changed it meanwhile.
    """
    ticket = _ticket(asked.ticket_id, tickets)
    changed = _changed(ticket, asked, at)
    if changed == ticket:
        return ticket
    later = replace(changed, version=ticket.version + 1, updated_at=at.now)
    if not tickets.replace(later):
        raise Conflict("ticket_id: another call has changed this ticket; call again.")
    return later


def _changed(ticket: Ticket, asked: UpdateTicket, at: Asked) -> Ticket:
    status = asked.status or ticket.status
    if status != ticket.status and status not in NEXT[ticket.status]:
        ways = " or ".join(NEXT[ticket.status])
        raise NotAllowedNow(f"status: from {ticket.status} a ticket goes to {ways}.")
    return replace(
        ticket,
        status=status,
        priority=asked.priority or ticket.priority,
        assignee=asked.assignee or ticket.assignee,
        comments=_comments(ticket, asked.comment, at),
    )


def _comments(ticket: Ticket, text: str | None, at: Asked) -> tuple[Comment, ...]:
    comment_id = f"comment-{digest(at.key, ticket.ticket_id)[:12]}"
    known = {comment.comment_id for comment in ticket.comments}
    if text is None or comment_id in known:  # a call that is delivered again says nothing twice
        return ticket.comments
    return (*ticket.comments, Comment(comment_id, text, at.now))


def _ticket(ticket_id: str, tickets: Backend) -> Ticket:
    ticket = tickets.get(ticket_id)
    if ticket is None:
        raise NotThere("ticket_id: there is no such ticket.")
    return ticket
