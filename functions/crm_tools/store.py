"""The CRM in one DynamoDB table.

| pk                    | sk                 | what, and attributes beside its own         |
|-----------------------|--------------------|---------------------------------------------|
| `ACCOUNT#<accountId>` | `ACCOUNT`          | a customer: kind, emailKey, nameKey (lower) |
| `ACCOUNT#<accountId>` | `OPPORTUNITY#<id>` | an opportunity                              |
| `ACCOUNT#<accountId>` | `CASE#<id>`        | a case                                      |

Indexes `ByEmail` (emailKey) and `ByName` (kind, nameKey) hold customers only, and are a moment
behind.
"""

from itertools import islice
from typing import Any, Final

from bridges.records import plain, record
from bridges.table import Table
from crm_tools.crm import Case, Customer, Opportunity

ACCOUNT: Final = "ACCOUNT"

type Json = dict[str, Any]


class CrmTable:
    """A `crm_tools.crm.Backend` in DynamoDB."""

    def __init__(self, table: Table) -> None:
        """Take the table."""
        self._table = table

    def customer(self, account_id: str) -> Customer | None:
        """Return the customer of this id as it is now, or None."""
        found = self._table.get(pk=_pk(account_id), sk=ACCOUNT)
        return None if found is None else record(Customer, found)

    def by_email(self, email: str) -> list[Customer]:
        """Return the customers with this address."""
        found = self._table.query(
            "emailKey = :email", {":email": email.casefold()}, IndexName="ByEmail"
        )
        return [record(Customer, item) for item in found]

    def by_name(self, beginning: str, *, limit: int) -> list[Customer]:
        """Return at most `limit` customers whose names begin so, by name."""
        found = self._table.query(
            "kind = :kind AND begins_with(nameKey, :name)",
            {":kind": ACCOUNT, ":name": beginning.casefold()},
            IndexName="ByName",
        )
        return [record(Customer, item) for item in islice(found, limit)]

    def opportunities(self, account_id: str) -> list[Opportunity]:
        """Return a customer's opportunities, by id."""
        found = self._table.query(
            "pk = :pk AND begins_with(sk, :kind)",
            {":pk": _pk(account_id), ":kind": "OPPORTUNITY#"},
        )
        return [record(Opportunity, item) for item in found]

    def add_case(self, case: Case) -> Case:
        """Keep a case, or return the one there is of its id."""
        key = {"pk": _pk(case.account_id), "sk": f"CASE#{case.case_id}"}
        if self._table.add(key | plain(case)):
            return case
        return record(Case, self._table.get(**key) or {})

    def remove(self, account_id: str) -> bool:
        """Remove a customer, after all that is of it: a removal that is cut off can go on."""
        if self.customer(account_id) is None:
            return False
        found = self._table.query("pk = :pk", {":pk": _pk(account_id)})
        for item in sorted(found, key=lambda item: item["sk"] == ACCOUNT):
            self._table.remove(pk=item["pk"], sk=item["sk"])
        return True

    def add_customer(self, customer: Customer) -> bool:
        """Keep a new customer; return False where there is one of its id."""
        found = {"emailKey": customer.email.casefold(), "nameKey": customer.name.casefold()}
        key = {"pk": _pk(customer.account_id), "sk": ACCOUNT, "kind": ACCOUNT}
        return self._table.add(key | found | plain(customer))

    def add_opportunity(self, opportunity: Opportunity) -> bool:
        """Keep a new opportunity; return False where there is one of its id."""
        sk = f"OPPORTUNITY#{opportunity.opportunity_id}"
        return self._table.add({"pk": _pk(opportunity.account_id), "sk": sk} | plain(opportunity))


def _pk(account_id: str) -> str:
    return f"ACCOUNT#{account_id}"
