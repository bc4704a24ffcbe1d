"""A platform in memory for the agents of teams: tools under policies, shared memory, a classifier.

All of them write what happens to them into one list, so that tests can tell the order.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from langchain_core.messages import AIMessage

from assistant.brain import OfflineChat
from assistant.errors import CallRefused
from assistant.gateway import Reply, Tool
from assistant.models import Model
from platform_memory.errors import MemoryUnavailable
from platform_memory.model import HandOver, Message, Passage
from request_routing.classifier import Choice
from team_agents.profiles import PROFILES, SUPPORT
from team_agents.request import Request
from team_agents.service import Answer, TeamAgent
from team_agents.tools import UserToken
from tests.support.agent_tools import ScriptedChat

LOOKUP, CASE, DELETE = (
    f"CRMTools___{one}" for one in ("lookup_customer", "create_case", "delete_customer")
)
OPPORTUNITIES = "CRMTools___get_opportunities"
TICKET = "TicketingTools___get_ticket"
SEARCH = "x_amz_bedrock_agentcore_search"
CUSTOMER, SESSION, TOKEN = "ACME-001", "monday", "the.users.token"
DENIED = "Tool Execution Denied: Tool call not allowed due to policy enforcement [...]"
MONDAY = datetime(2026, 11, 2, tzinfo=UTC)
CRITICAL_CASE = {
    "account_id": CUSTOMER,
    "subject": "Line down",
    "description": "No signal",
    "priority": "Critical",
}
CRITICAL_PROMPT = (
    f'Create a case for account {CUSTOMER} with subject "Line down", description "No signal" and '
    "priority Critical."
)
LOOKUP_PROMPT = "Who is jane.miller@acme.example?"


def _tool(name: str, description: str, *required: str, **optional: str) -> Tool:
    texts = {one: one.replace("_", " ") for one in required} | optional
    properties = {key: {"type": "string", "description": text} for key, text in texts.items()}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return Tool(name, description, schema)


TOOLS = (
    _tool(LOOKUP, "Look up a customer by email or account ID", email="Email", account_id="Account"),
    _tool(
        CASE,
        "Create a support case",
        "account_id",
        "subject",
        "description",
        priority="Priority: Low, Medium, High or Critical",
    ),
    _tool(OPPORTUNITIES, "Get sales opportunities for a customer account", "account_id"),
    _tool(TICKET, "Get ticket details", "ticket_id"),
    _tool(DELETE, "Delete a customer record", "account_id"),
    _tool(SEARCH, "Search for tools", "query"),
)
"""Delete and search too: a gateway without policies would list them."""

ANSWERS = {
    LOOKUP: '{"customers": [{"account_id": "ACME-001", "name": "Jane Miller"}]}',
    CASE: '{"case_id": "CASE-1", "subject": "Line down", "status": "New"}',
    OPPORTUNITIES: '{"opportunities": [{"name": "Support contract", "amount_cents": 4800000}]}',
    TICKET: '{"ticket_id": "OPS-1", "summary": "Disk full", "status": "To Do"}',
}


@dataclass
class Platform:
    """Everything that an agent meets. `log` has what was done to it, in order."""

    tools: Sequence[Tool] = TOOLS
    role: str = "support"
    choice: Choice = field(default_factory=lambda: Choice(SUPPORT, 1.0, "", ()))
    broken: frozenset[str] = frozenset()
    """Methods of the memory that fail."""
    log: list[str] = field(default_factory=list)
    called: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    events: list[tuple[str, str, str, Sequence[Message]]] = field(default_factory=list)
    offered: list[HandOver] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    # --- the gateway

    @asynccontextmanager
    async def open(self, token: UserToken) -> AsyncIterator["Platform"]:
        self.tokens.append(await token.current_async())
        yield self

    async def list_tools(self) -> tuple[Tool, ...]:
        return tuple(self.tools)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        self.log.append(name)
        self.called.append((name, dict(arguments)))
        if arguments.get("priority") == "Critical" and self.role != "senior-support":
            raise CallRefused(DENIED, rpc_code=-32002)
        return Reply(ANSWERS[name], is_error=False)

    # --- the memory

    def store_interaction(
        self, store: str, actor_id: str, session_id: str, messages: Sequence[Message]
    ) -> str:
        self._do("store_interaction")
        self.events.append((store, actor_id, session_id, messages))
        return "event"

    def session_history(self, store: str, actor_id: str, session_id: str) -> list[Message]:
        self._do("session_history")
        mine = (store, actor_id, session_id)
        return [one for *key, said in self.events if tuple(key) == mine for one in said]

    def retrieve_context(
        self, store: str, query: str, *, namespace_path: str, max_results: int
    ) -> list[Passage]:
        self._do("retrieve_context")
        self.paths.append(namespace_path)
        return [one for one in self.passages if (one.namespace or "").startswith(namespace_path)]

    def hand_over(
        self,
        from_agent: str,
        to_agent: str,
        customer_id: str,
        session_id: str,
        summary: str,
        context: Mapping[str, Any],
    ) -> str:
        self._do("hand_over")
        event_id = f"event-{len(self.offered)}"
        given = (from_agent, to_agent, customer_id, session_id, summary, MONDAY, event_id, context)
        self.offered.append(HandOver(*given))
        return event_id

    def pending_hand_over(
        self, customer_id: str, session_id: str, to_agent: str
    ) -> HandOver | None:
        self._do("pending_hand_over")
        mine = [
            one
            for one in self.offered
            if (one.customer_id, one.session_id, one.to_agent)
            == (customer_id, session_id, to_agent)
            and one.event_id not in self.taken
        ]
        return mine[-1] if mine else None

    def take_over(self, taken: HandOver) -> None:
        self._do("take_over")
        self.taken.append(taken.event_id)

    def _do(self, name: str) -> None:
        self.log.append(name)
        if name in self.broken:
            raise MemoryUnavailable("the memory answered ThrottlingException")

    # --- the classifier

    def classify(self, prompt: str) -> Choice:
        self.log.append("classify")
        return self.choice

    # --- what tests ask

    @property
    def summaries(self) -> list[str]:
        """What agents have stored of interactions with customers."""
        said = [one for store, _, _, said in self.events if store == "customers" for one in said]
        return [one.text for one in said if one.role == "ASSISTANT"]


class LoggedChat(ScriptedChat):
    """Says its lines, and writes that it was asked into the platform's list."""

    log: list[str]

    def _generate(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        self.log.append("model")
        return super()._generate(*arguments, **named)


def scripted(platform: Platform, *lines: AIMessage) -> Model:
    chat = LoggedChat(lines=list(lines), log=[])
    chat.log = platform.log  # pydantic would copy it
    return Model("scripted", chat)


def offline() -> Model:
    return Model("offline", OfflineChat())


def calling(name: str, **arguments: Any) -> AIMessage:  # noqa: ANN401 - whatever the tool takes
    return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": "call-1"}])


def team_agent(
    platform: Platform, model: Model | None = None, name: str = SUPPORT, budget_s: float = 20.0
) -> TeamAgent:
    return TeamAgent(
        profile=PROFILES[name],
        model=model or offline(),
        memory=platform,  # type: ignore[arg-type]
        open_gateway=platform.open,
        classifier=lambda: platform,
        budget_s=budget_s,
    )


async def ask(
    platform: Platform,
    prompt: str,
    model: Model | None = None,
    name: str = SUPPORT,
    customer: str | None = CUSTOMER,
) -> Answer:
    """Let an agent answer one request in the session SESSION."""
    request = Request(prompt, customer, SESSION)
    return await team_agent(platform, model, name).answer(request, TOKEN)


def actions(answer: Answer) -> list[str]:
    """What was done, each as `kind outcome`."""
    return [f"{one.kind} {one.outcome}" for one in answer.actions]
