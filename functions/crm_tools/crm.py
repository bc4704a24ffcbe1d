"""What a CRM holds, inside: plain values without I/O."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

Stage = Literal[
    "Prospecting", "Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost"
]
Priority = Literal["Low", "Medium", "High", "Critical"]


@dataclass(frozen=True)
class Customer:
    """An account. `tenant` is whose customer it is."""

    account_id: str
    name: str
    email: str
    tenant: str


@dataclass(frozen=True)
class Opportunity:
    """A sale that may come about. `amount_cents` is in whole US cents."""

    opportunity_id: str
    account_id: str
    name: str
    stage: Stage
    amount_cents: int
    close_date: date


@dataclass(frozen=True)
class Case:
    """What a customer wants help with; `created_at` is in UTC."""

    case_id: str
    account_id: str
    subject: str
    description: str
    priority: Priority
    created_at: datetime
    status: Literal["New"] = "New"


class Backend(Protocol):
    """Where a CRM's data is: a table of ours, or a vendor's API behind an adapter."""

    def customer(self, account_id: str) -> Customer | None:
        """Return the customer of this id."""
        ...

    def by_email(self, email: str) -> list[Customer]:
        """Return the customers with this address, in whatever case it is written."""
        ...

    def by_name(self, beginning: str, *, limit: int) -> list[Customer]:
        """Return at most `limit` customers whose names begin so, in whatever case, by name."""
        ...

    def opportunities(self, account_id: str) -> list[Opportunity]:
        """Return a customer's opportunities, by id."""
        ...

    def add_case(self, case: Case) -> Case:
        """Keep a case, unless there is one of its id: that is returned."""
        ...

    def remove(self, account_id: str) -> bool:
        """Remove a customer and all that is of it; return False where there is none."""
        ...
