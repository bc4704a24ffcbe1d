"""Who moves: users of two companies that have platforms of their own, and of three teams of one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tests.contract.agentcore_gateway.world import access_token
from tests.support.isolation import table

COMPANIES = ("acme", "acme-labs")
"""The one's name begins with the other's, as do all names that are made of them."""

SHARED = "shared"
"""The gateway, and the agent, of the third company's teams."""

MANAGERS = {
    "ann": {"tenant": "support-team", "role": "manager"},
    "ben": {"tenant": "sales-team", "role": "manager"},
}
"""Both companies have one of each name: between them they may call nearly everything."""

KINDS = {table.LOOKUP: "customers", table.GET_TICKET: "tickets", table.SEARCH: "messages"}
"""What is read by which tool."""


@dataclass(frozen=True)
class Person:
    """A user. `home` is the gateway that is theirs, `reads` whose marks they may meet."""

    name: str
    home: str
    reads: frozenset[str]
    claims: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def token(self) -> str:
        """Return an access token of the client of their home."""
        return access_token(sub=self.name, client_id=client_of(self.home), **self.claims)

    @property
    def is_of_a_company(self) -> bool:
        """Tell whether all that is at their home is theirs."""
        return self.home in COMPANIES

    @property
    def tenant(self) -> str:
        """Return whose secrets they know: their company's, or their team's."""
        return self.home if self.is_of_a_company else self.claims.get("tenant", self.name)

    def mark_of(self, kind: str) -> str:
        """Return whose mark goes on data of a kind that they write."""
        return self.home if self.is_of_a_company else kind


def client_of(home: str) -> str:
    """Return the id of the client that a gateway and an agent take tokens of."""
    return f"client-{home}"


def of_company(company: str, name: str, claims: Mapping[str, str]) -> Person:
    """Return somebody of a company, who may read all that is the company's."""
    return Person(name, company, frozenset({company}), claims)


def of_team(name: str, **claims: str) -> Person:
    """Return somebody of a team, who may read what the team's tools read, and their own talk."""
    tools = table.listable(claims)
    kinds = frozenset(kind for tool, kind in KINDS.items() if tool in tools)
    return Person(name, SHARED, kinds | {name}, claims)


PEOPLE = (
    *(of_company(one, name, MANAGERS[name]) for one in COMPANIES for name in MANAGERS),
    of_team("support", tenant="support-team", role="support"),
    of_team("senior", tenant="support-team", role="senior-support"),
    of_team("sales", tenant="sales-team", role="sales"),
    of_team("sales", tenant="sales-team", role="manager"),  # the same user, since promoted
    of_team("auditor", tenant="audit-team", role="auditor"),
    of_team("nobody"),
)
