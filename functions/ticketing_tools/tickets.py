"""What a ticket is, inside, and where it may go: plain values without I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

Status = Literal["To Do", "In Progress", "In Review", "Done"]
IssueType = Literal["Bug", "Task", "Story", "Epic"]
Priority = Literal["Lowest", "Low", "Medium", "High", "Highest"]

NEXT: Final[Mapping[Status, tuple[Status, ...]]] = {
    "To Do": ("In Progress",),
    "In Progress": ("In Review", "To Do"),
    "In Review": ("Done", "In Progress"),
    "Done": ("In Progress",),
}
"""Where a ticket may go from a status: one step on, one step back, and from Done back to work."""


@dataclass(frozen=True)
class Comment:
    """What somebody said about a ticket; `created_at` is in UTC."""

    comment_id: str
    text: str
    created_at: datetime


@dataclass(frozen=True)
class Ticket:
    """A ticket: `version` starts at 1 and counts changes; times are in UTC."""

    ticket_id: str
    project_key: str
    summary: str
    issue_type: IssueType
    created_at: datetime
    updated_at: datetime
    description: str | None = None
    assignee: str | None = None
    priority: Priority = "Medium"
    status: Status = "To Do"
    comments: tuple[Comment, ...] = ()
    version: int = 1


class Backend(Protocol):
    """Where tickets are: a table of ours, or a vendor's API behind an adapter."""

    def get(self, ticket_id: str) -> Ticket | None:
        """Return the ticket of this id as it is now, or None."""
        ...

    def add(self, ticket: Ticket) -> Ticket:
        """Keep a ticket, unless there is one of its id: that is returned."""
        ...

    def replace(self, ticket: Ticket) -> bool:
        """Keep a ticket in place of the version before its own; return False if that is gone."""
        ...
