"""The tools of the user's: what the gateway lists for their token, less what no agent may do.

A model is bound to these and to `hand_over`, and can call nothing else: a tool that deletes
customers is neither shown to it nor passed on, whoever asks for it and in whatever words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.errors import CallRefused, TokenRejected
from assistant.gateway import Reply, Tool
from assistant.offline.routing import READING, Weights, plan
from assistant.offline.schema import SEPARATOR, read_card
from assistant.offline.words import overlap, split_identifier, straighten, word_set
from assistant.steps import ToolServer
from team_agents.errors import NotPermitted
from team_agents.journal import Journal, Outcome

HAND_OVER = "hand_over"
CREATE_CASE, CRITICAL = "create_case", "critical"
ACCOUNT = "account_id"

SEARCH = "x_amz_bedrock_agentcore_search"
"""The gateway's own, left out: all that it could find is bound already."""

DENIED = "Tool Execution Denied"
"""What a refusal by policies says, as an error and as a result."""

_DELETING = word_set("delete destroy drop erase purge remove")
_RECORDS = word_set("account accounts client clients contact contacts customer customers")


class UserToken:
    """The user's own token, as the gateway's client takes it. There is no other one to try."""

    def __init__(self, token: str) -> None:
        """Take the token."""
        self._token = token

    async def current_async(self) -> str:
        """Return it."""
        return self._token

    async def replace_async(self, refused: str) -> str:
        """Give up.

        Raises:
            TokenRejected: always.
        """
        raise TokenRejected("the gateway refuses the user's token")


class UserTools:
    """A tool server that writes down what is called, and never deletes a customer."""

    def __init__(self, server: ToolServer, journal: Journal, customer_id: str | None) -> None:
        """Take the gateway. Where a tool needs an account, that is the customer's by default."""
        self._server, self._journal, self._customer_id = server, journal, customer_id
        self._listed: dict[str, bool] = {}

    async def list_tools(self) -> tuple[Tool, ...]:
        """List what the user may call.

        Raises:
            NotPermitted: nothing.
            AgentError: what the gateway raises.
        """
        listed = [one for one in await self._server.list_tools() if one.name != SEARCH]
        if not listed:
            raise NotPermitted("the gateway lists no tool for this user")
        kept = [one for one in listed if not deletes_customers(one.name)]
        self._listed = {one.name: self._knows_account_of(one) for one in kept}
        return tuple(_without_account(one) if self._listed[one.name] else one for one in kept)

    async def call(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        """Call one of the tools that were listed.

        Raises:
            CallRefused: by the gateway, or the tool was not listed.
            AgentError: what the gateway raises.
        """
        if name not in self._listed:
            raise CallRefused(f"Unknown tool: {name}", rpc_code=0)
        filled = {ACCOUNT: self._customer_id, **arguments} if self._listed[name] else arguments
        try:
            reply = await self._server.call(name, filled)
        except CallRefused as refusal:
            self._note(name, filled, "denied" if DENIED in str(refusal) else "error")
            raise
        denied = reply.is_error and DENIED in reply.text
        self._note(name, filled, "denied" if denied else "error" if reply.is_error else "ok")
        return reply

    def _note(self, name: str, arguments: Mapping[str, Any], outcome: Outcome) -> None:
        self._journal.note("tool", outcome, name=name)
        if outcome == "denied" and _is_critical_case(name, arguments):
            self._journal.refused_case = dict(arguments)

    def _knows_account_of(self, tool: Tool) -> bool:
        return self._customer_id is not None and ACCOUNT in tool.input_schema.get("required", ())


def deletes_customers(name: str) -> bool:
    """Tell whether a tool's name says that it deletes records of customers."""
    words = set(split_identifier(name.rpartition(SEPARATOR)[2]))
    return bool(words & _DELETING and words & _RECORDS)


def is_order(prompt: str, tools: Sequence[Tool]) -> bool:
    """Tell whether a prompt orders what one of the tools changes: `Create a case for ...`."""
    cards = [
        read_card(
            {
                "name": one.name,
                "description": one.description,
                "parameters": one.input_schema,
            }
        )
        for one in tools
    ]
    plans = plan(straighten(prompt), cards, overlap, Weights())
    return any(one.card is not None and one.card.verb not in READING for one in plans)


def hand_over_tool(targets: Sequence[str]) -> Tool:
    """Return the tool by which a model leaves a conversation to another agent."""
    return Tool(
        HAND_OVER,
        "Hand this conversation over to the agent of another team, with all that is known of it",
        {
            "type": "object",
            "properties": {
                "target_agent": {"type": "string", "enum": list(targets)},
                "reason": {"type": "string", "description": "What the other team has to do, why"},
            },
            "required": ["target_agent", "reason"],
        },
    )


def _is_critical_case(name: str, arguments: Mapping[str, Any]) -> bool:
    is_case = name.rpartition(SEPARATOR)[2] == CREATE_CASE
    return is_case and str(arguments.get("priority", "")).lower() == CRITICAL


def _without_account(tool: Tool) -> Tool:
    schema = dict(tool.input_schema)
    schema["required"] = [one for one in schema["required"] if one != ACCOUNT]
    return replace(tool, input_schema=schema)
