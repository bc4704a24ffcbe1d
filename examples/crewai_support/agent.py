"""The agent: CrewAI's loop, with the gateway's tools and the hand-over."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Literal

from bedrock_agentcore.runtime import BedrockAgentCoreApp
from crewai import Agent, BaseLLM
from crewai.events.utils.console_formatter import set_suppress_console_output
from crewai.lite_agent_output import LiteAgentOutput
from crewai.tools import BaseTool
from pydantic import BaseModel, PrivateAttr

from crewai_support.gateway import gateway_tools
from crewai_support.models import make_model
from support_desk.app import create_app as create_desk
from support_desk.case import COLLEAGUES, HAND_OVER, Case
from support_desk.request import Gateway

MAX_ROUNDS = 6


class Recipient(BaseModel):
    """Whom a conversation is handed over to, and why."""

    to_agent: Literal[COLLEAGUES]  # type: ignore[valid-type]
    reason: str = ""


class HandOver(BaseTool):
    """The hand-over, as a tool of CrewAI."""

    _case: Case = PrivateAttr()

    def __init__(self, case: Case) -> None:
        """Take the case whose conversation it is."""
        super().__init__(name="hand_over", description=HAND_OVER, args_schema=Recipient)
        self._case = case

    def _run(self, to_agent: str, reason: str = "") -> str:
        return self._case.hand_over(to_agent, reason)


def create_app() -> BedrockAgentCoreApp:
    """Return the ASGI app of the agent, configured by the environment."""
    return create_desk(partial(answer, make=partial(make_model, os.environ)))


def answer(case: Case, gateway: Gateway, *, make: Callable[[], BaseLLM]) -> str:
    """Answer with the tools that the gateway shows to the user, called with their token.

    Raises:
        GatewayUnreachable: it cannot be reached, or refuses the token.
        ModelUnavailable: the model cannot be made.
        PlatformMemoryError: what the shared memory raises.
    """
    set_suppress_console_output(True)  # of this request: it would print what is said
    model, instructions = make(), case.instructions()
    with gateway_tools(gateway, case) as tools:
        agent = Agent(
            role="Customer support agent",
            goal="Answer the customer's question with the tools there are",
            backstory=instructions,
            llm=model,
            tools=[*tools, HandOver(case)],
            max_iter=MAX_ROUNDS,
        )
        return _text(agent.kickoff(case.request.prompt))


def _text(output: object) -> str:
    """Return what an agent said at last."""
    if not isinstance(output, LiteAgentOutput):  # within a running loop it is a coroutine
        raise TypeError(f"kickoff gave {type(output).__name__}")
    return output.raw.strip()
