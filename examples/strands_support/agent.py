"""The agent: Strands' loop, with the gateway's tools and the hand-over."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Literal

from bedrock_agentcore.runtime import BedrockAgentCoreApp
from strands import Agent, tool
from strands.hooks import AfterToolCallEvent
from strands.models import Model
from strands.tools.mcp import MCPAgentTool
from strands.types.tools import AgentTool

from strands_support.gateway import gateway_tools
from strands_support.models import make_model
from support_desk.app import create_app as create_desk
from support_desk.case import COLLEAGUES, HAND_OVER, Case
from support_desk.request import Gateway


def create_app() -> BedrockAgentCoreApp:
    """Return the ASGI app of the agent, configured by the environment."""
    return create_desk(partial(answer, make=partial(make_model, os.environ)))


def answer(case: Case, gateway: Gateway, *, make: Callable[[], Model]) -> str:
    """Answer with the tools that the gateway shows to the user, called with their token.

    Raises:
        GatewayUnreachable: it cannot be reached, or refuses the token.
        ModelUnavailable: the model cannot be made.
        PlatformMemoryError: what the shared memory raises.
    """
    model, instructions = make(), case.instructions()
    with gateway_tools(gateway) as tools:
        agent = Agent(
            model,
            tools=[*tools, _hand_over(case)],
            system_prompt=instructions,
            callback_handler=None,  # the default one prints what is said
        )
        agent.hooks.add_callback(AfterToolCallEvent, partial(_note, case))
        return str(agent(case.request.prompt)).strip()


def _hand_over(case: Case) -> AgentTool:
    @tool(description=HAND_OVER)
    def hand_over(to_agent: Literal[COLLEAGUES], reason: str = "") -> str:  # type: ignore[valid-type]
        return case.hand_over(to_agent, reason)

    return hand_over


def _note(case: Case, event: AfterToolCallEvent) -> None:
    """Write down what became of a call to the gateway."""
    if isinstance(event.selected_tool, MCPAgentTool):
        case.called(event.tool_use["name"], is_error=event.result["status"] == "error")
