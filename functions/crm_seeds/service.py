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
    Customers: list[Customer]
    Opportunities: list[Opportunity]


def name(event: dict[str, Any]) -> str:
    """Return the physical id: another table gets seeds of its own.

    Raises:
        Refused: the properties are not as they should be.
    """
    return f"crm-seeds-of-{properties(Properties, event).TableName}"


def put(event: dict[str, Any]) -> None:
    """Put the seeds of an event that are not there."""
    wanted = properties(Properties, event)
    crm = CrmTable(Table.named(wanted.TableName))
    for customer in wanted.Customers:
        crm.add_customer(customer)
    for opportunity in wanted.Opportunities:
        crm.add_opportunity(opportunity)


def keep(_: dict[str, Any]) -> None:
    """Leave the customers alone, whatever an event says."""
