"""What the tools of the CRM do. Time, ids and the backend come in as arguments."""

from typing import Final

from bridges.errors import Conflict, NotThere
from bridges.records import digest
from bridges.toolbox import Asked
from crm_tools.crm import Backend, Case, Customer, Opportunity
from crm_tools.models import CreateCase, DeleteCustomer, GetOpportunities, LookupCustomer

MAX_FOUND: Final = 20
"""Customers that a name finds at most: a model reads them all."""


def lookup_customer(asked: LookupCustomer, *, crm: Backend) -> list[Customer]:
    """Return the customers that fit everything that is stated; none is an answer too."""
    if asked.account_id is not None:
        customer = crm.customer(asked.account_id)
        found = [] if customer is None else [customer]
    elif asked.email is not None:
        found = crm.by_email(asked.email)
    else:
        found = crm.by_name(asked.name or "", limit=MAX_FOUND)
    return [one for one in found if _fits(one, asked)]


def get_opportunities(asked: GetOpportunities, *, crm: Backend) -> list[Opportunity]:
    """Return a customer's opportunities, in a stage if one is stated.

    Raises:
        NotThere: there is no such customer.
    """
    _customer(asked.account_id, crm)
    found = crm.opportunities(asked.account_id)
    return [one for one in found if asked.stage in (None, one.stage)]


def create_case(asked: CreateCase, at: Asked, *, crm: Backend) -> Case:
    """Create a case; a call that is delivered again creates nothing, and returns the same.

    Raises:
        NotThere: there is no such customer.
        Conflict: the call's key has made another case.
    """
    _customer(asked.account_id, crm)
    case = Case(
        case_id=f"case-{digest(at.key, 'case')[:12]}",
        account_id=asked.account_id,
        subject=asked.subject,
        description=asked.description,
        priority=asked.priority,
        created_at=at.now,
    )
    kept = crm.add_case(case)
    if (kept.subject, kept.description) != (case.subject, case.description):
        raise Conflict("this call has made another case; call again.")
    return kept


def delete_customer(asked: DeleteCustomer, *, crm: Backend) -> str:
    """Remove a customer, and return its id.

    Raises:
        NotThere: there is no such customer.
    """
    if not crm.remove(asked.account_id):
        raise _missing()
    return asked.account_id


def _customer(account_id: str, crm: Backend) -> Customer:
    customer = crm.customer(account_id)
    if customer is None:
        raise _missing()
    return customer


def _missing() -> NotThere:
    return NotThere("account_id: there is no such customer; find ids with lookup_customer.")


def _fits(customer: Customer, asked: LookupCustomer) -> bool:
    email, name = (asked.email or "").casefold(), (asked.name or "").casefold()
    return customer.name.casefold().startswith(name) and email in {"", customer.email.casefold()}
