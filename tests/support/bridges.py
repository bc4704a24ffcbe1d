"""What the tests of the bridges share: a gateway's call, and systems that are in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import boto3

from bridges.table import Table
from bridges.toolbox import Asked
from comms_tools.messages import Message
from crm_tools.crm import Case, Customer, Opportunity
from tests.support.petstore import Context
from tests.support.template import PLATFORM, resource
from ticketing_tools.tickets import Ticket

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ASKED = Asked(NOW, "gateway/target/request-1/1")

JANE = Customer("ACME-001", "Jane Miller", "jane.miller@acme.example", "acme")
JAN = Customer("GLOBEX-002", "Jan Novak", "jan.novak@globex.example", "globex")
INES = Customer("GLOBEX-001", "Ines Duarte", "ines.duarte@globex.example", "globex")
CONTRACT = Opportunity(
    "OPP-1", "ACME-001", "Annual contract", "Negotiation", 480_000, date(2026, 12, 31)
)
TRAINING = Opportunity("OPP-2", "ACME-001", "Training", "Prospecting", 60_000, date(2027, 3, 31))


@dataclass
class GatewayContext(Context):
    """A Lambda context as a call of a gateway has it."""

    client_context: Any = None


def from_gateway(tool: str, *, request: str = "request-1", message: object = 1) -> GatewayContext:
    """Return the context of a call of a tool, named as gateways name them: `Target___tool`."""
    custom = {
        "bedrockAgentCoreMessageVersion": "1.0",
        "bedrockAgentCoreToolName": tool,
        "bedrockAgentCoreGatewayId": "gateway",
        "bedrockAgentCoreTargetId": "target",
        "bedrockAgentCoreMcpMessageId": message,
        "bedrockAgentCoreAwsRequestId": request,
    }
    return GatewayContext(client_context=SimpleNamespace(custom=custom))


def create_table(logical_id: str, name: str) -> Table:
    """Make a table as the platform's template has it, in moto, and open it."""
    properties = resource(logical_id, PLATFORM)["Properties"]
    same = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    boto3.client("dynamodb").create_table(
        TableName=name, **{one: properties[one] for one in same if one in properties}
    )
    return Table.named(name)


@dataclass
class CrmInMemory:
    """A `crm_tools.crm.Backend` in memory."""

    customers: dict[str, Customer] = field(default_factory=dict)
    sales: dict[str, Opportunity] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)

    def customer(self, account_id: str) -> Customer | None:
        return self.customers.get(account_id)

    def by_email(self, email: str) -> list[Customer]:
        return [one for one in self.customers.values() if one.email.casefold() == email.casefold()]

    def by_name(self, beginning: str, *, limit: int) -> list[Customer]:
        found = [
            one
            for one in self.customers.values()
            if one.name.casefold().startswith(beginning.casefold())
        ]
        return sorted(found, key=lambda one: one.name.casefold())[:limit]

    def opportunities(self, account_id: str) -> list[Opportunity]:
        found = [one for one in self.sales.values() if one.account_id == account_id]
        return sorted(found, key=lambda one: one.opportunity_id)

    def add_case(self, case: Case) -> Case:
        return self.cases.setdefault(case.case_id, case)

    def remove(self, account_id: str) -> bool:
        for records in (self.sales, self.cases):
            for key in [key for key, one in records.items() if one.account_id == account_id]:
                del records[key]
        return self.customers.pop(account_id, None) is not None

    def add_customer(self, customer: Customer) -> bool:
        return self.customers.setdefault(customer.account_id, customer) is customer

    def add_opportunity(self, opportunity: Opportunity) -> bool:
        return self.sales.setdefault(opportunity.opportunity_id, opportunity) is opportunity


@dataclass
class TicketsInMemory:
    """A `ticketing_tools.tickets.Backend` in memory."""

    tickets: dict[str, Ticket] = field(default_factory=dict)

    def get(self, ticket_id: str) -> Ticket | None:
        return self.tickets.get(ticket_id)

    def add(self, ticket: Ticket) -> Ticket:
        return self.tickets.setdefault(ticket.ticket_id, ticket)

    def replace(self, ticket: Ticket) -> bool:
        there = self.tickets.get(ticket.ticket_id)
        if there is None or there.version != ticket.version - 1:
            return False
        self.tickets[ticket.ticket_id] = ticket
        return True


@dataclass
class CommsInMemory:
    """A `comms_tools.messages.Backend` in memory."""

    messages: dict[str, Message] = field(default_factory=dict)

    def add(self, message: Message) -> Message:
        return self.messages.setdefault(message.message_id, message)

    def containing(self, text: str, *, channel: str | None) -> Iterator[Message]:
        for one in sorted(self.messages.values(), key=lambda one: one.sent_at, reverse=True):
            if channel in (None, one.channel) and text.casefold() in one.message.casefold():
                yield one
