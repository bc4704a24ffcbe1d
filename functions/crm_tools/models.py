"""What the tools of the CRM take, as `tools.yaml` has it, and which values."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bridges.arguments import Arguments, Id, Line, Text
from crm_tools.crm import Priority, Stage


class LookupCustomer(Arguments):
    """At least one of the three; with several, all must fit."""

    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)] | None = None
    account_id: Id | None = None
    name: Line | None = None

    @model_validator(mode="after")
    def _says_whom(self) -> Self:
        if self.email is None and self.account_id is None and self.name is None:
            raise ValueError("state email, account_id or name")
        return self


class GetOpportunities(Arguments):
    """Of one customer, in one stage if it is stated."""

    account_id: Id
    stage: Stage | None = None


class CreateCase(Arguments):
    """A case of a customer; Medium unless stated."""

    account_id: Id
    subject: Line
    description: Text
    priority: Priority = "Medium"


class DeleteCustomer(Arguments):
    """A customer to remove, with all that is of it."""

    account_id: Id
