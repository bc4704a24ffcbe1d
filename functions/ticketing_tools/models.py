"""What the tools of the ticketing system take, as `tools.yaml` has it, and which values."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bridges.arguments import Arguments, Line, Text
from ticketing_tools.tickets import IssueType, Priority, Status

ProjectKey = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}$")]
TicketId = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]{1,9}-[1-9][0-9]{0,8}$")]
Username = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$")]


class CreateTicket(Arguments):
    """A new ticket: To Do, and Medium unless stated."""

    project_key: ProjectKey
    summary: Line
    issue_type: IssueType
    description: Text | None = None
    priority: Priority = "Medium"
    assignee: Username | None = None


class GetTicket(Arguments):
    """One ticket."""

    ticket_id: TicketId


class UpdateTicket(Arguments):
    """A ticket, and what is to be another than it is."""

    ticket_id: TicketId
    status: Status | None = None
    priority: Priority | None = None
    assignee: Username | None = None
    comment: Text | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if {self.status, self.priority, self.assignee, self.comment} == {None}:
            raise ValueError("state status, priority, assignee or comment")
        return self
