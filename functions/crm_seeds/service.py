"""Put the seeds of a `Custom::CrmSeeds` event into the CRM."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from bridges.table import Table
from crm_tools.crm import Customer, Opportunity
from crm_tools.store import CrmTable
from custom_resources.direct import properties


class Properties(BaseModel):
    """What the template states."""

    model_config = ConfigDict(hide_input_in_errors=True)

    TableName: Annotated[str, Field(min_length=3)]
    Tenant: str = ""
    Customers: list[Customer]
    Opportunities: list[Opportunity]


def name(event: dict[str, Any]) -> str:
    """Return the physical id: another table gets seeds of its own.

    Raises:
        Refused: the properties are not as they should be.
    """
    return f"crm-seeds-of-{properties(Properties, event).TableName}"


def put(event: dict[str, Any]) -> None:
    """Put the seeds of an event that are not there: a tenant's, or those of all."""
    wanted = properties(Properties, event)
    crm = CrmTable(Table.named(wanted.TableName))
    customers = [one for one in wanted.Customers if wanted.Tenant in {"", one.tenant}]
    for customer in customers:
        crm.add_customer(customer)
    ids = {customer.account_id for customer in customers}
    for opportunity in wanted.Opportunities:
        if not wanted.Tenant or opportunity.account_id in ids:
            crm.add_opportunity(opportunity)


def keep(_: dict[str, Any]) -> None:
    """Leave the customers alone, whatever an event says."""
