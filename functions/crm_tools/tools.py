"""The CRM's tools, wired to the system that the function's environment names."""

import os
from collections.abc import Callable
from functools import cache

from bridges.backends import STORE, chosen
from bridges.records import plain
from bridges.table import Table
from bridges.toolbox import Tool, Toolbox
from crm_tools import service
from crm_tools.crm import Backend
from crm_tools.models import CreateCase, DeleteCustomer, GetOpportunities, LookupCustomer
from crm_tools.store import CrmTable

BACKENDS: dict[str, Callable[[], Backend]] = {
    STORE: lambda: CrmTable(Table.named(os.environ["CRM_TABLE"])),
}
"""By the value of `BACKEND`. The vendor's API is one more entry, with a `Backend` of its own."""


@cache
def opened() -> Toolbox:
    """Return the tools, opened on the first call and kept."""
    return toolbox(chosen(BACKENDS))


def toolbox(crm: Backend) -> Toolbox:
    """Return the tools on a CRM."""
    return Toolbox(
        {
            "lookup_customer": Tool(
                LookupCustomer,
                lambda asked, _: {
                    "customers": [plain(one) for one in service.lookup_customer(asked, crm=crm)]
                },
            ),
            "get_opportunities": Tool(
                GetOpportunities,
                lambda asked, _: {
                    "opportunities": [
                        plain(one) for one in service.get_opportunities(asked, crm=crm)
                    ]
                },
            ),
            "create_case": Tool(
                CreateCase, lambda asked, at: plain(service.create_case(asked, at, crm=crm))
            ),
            "delete_customer": Tool(
                DeleteCustomer,
                lambda asked, _: {"deleted": service.delete_customer(asked, crm=crm)},
            ),
        }
    )
