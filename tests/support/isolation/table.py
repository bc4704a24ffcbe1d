"""Who may call what on the platform's gateway: said again, apart from the policies.

Source: the policies of the platform, in words (docs/security.md). A tool that is not here is
nobody's: no person here is of the SRE team.
"""

from collections.abc import Mapping
from typing import Any

LOOKUP = "CRMTools___lookup_customer"
OPPORTUNITIES = "CRMTools___get_opportunities"
CREATE_CASE = "CRMTools___create_case"
DELETE = "CRMTools___delete_customer"
CREATE_TICKET = "TicketingTools___create_ticket"
GET_TICKET = "TicketingTools___get_ticket"
UPDATE_TICKET = "TicketingTools___update_ticket"
SEND = "CommsTools___send_message"
SEARCH = "CommsTools___search_messages"

TOOLS = frozenset(
    {LOOKUP, OPPORTUNITIES, CREATE_CASE, DELETE, CREATE_TICKET, GET_TICKET, UPDATE_TICKET}
    | {SEND, SEARCH}
)
READING = frozenset({LOOKUP, OPPORTUNITIES, GET_TICKET, SEARCH})
SUPPORT = frozenset({LOOKUP, CREATE_CASE, CREATE_TICKET, GET_TICKET, UPDATE_TICKET})
SALES = frozenset({LOOKUP, OPPORTUNITIES, SEND, SEARCH})
OF_TEAM = {"support-team": SUPPORT, "sales-team": SALES}
OF_MANAGER = {
    "support-team": SUPPORT | {OPPORTUNITIES, SEARCH},
    "sales-team": SALES | {GET_TICKET},
}
CRITICAL = frozenset({"senior-support", "manager"})

KNOWLEDGE = frozenset({"KnowledgeTools___search_faq"})
TABLE_OF_TICKETS = frozenset({"TicketsTable___GetItem", "TicketsTable___Scan"})

QUERIES = ("find a customer", "delete a customer", "send a message", "all tools there are")
"""What tools are searched by."""

type Claims = Mapping[str, str]


def listable(claims: Claims) -> frozenset[str]:
    """Return the tools that a user of these claims may call with some arguments."""
    team, role = claims.get("tenant", ""), claims.get("role")
    if role == "auditor":
        return READING
    if role == "manager":
        return OF_MANAGER.get(team, frozenset())
    return OF_TEAM.get(team, frozenset())


def shown(claims: Claims) -> frozenset[str]:
    """Return those, and what a user sees of the targets that are no bridges."""
    knowledge = KNOWLEDGE if claims.get("tenant") else frozenset()
    tickets = TABLE_OF_TICKETS if claims.get("role") == "auditor" else frozenset()
    return listable(claims) | knowledge | tickets


def may_call(claims: Claims, tool: str, arguments: Mapping[str, Any]) -> bool:
    """Tell whether a user of these claims may make a call."""
    critical = tool == CREATE_CASE and arguments.get("priority") == "Critical"
    if critical and claims.get("role") not in CRITICAL:
        return False
    return tool in listable(claims)
