"""Take in what the first request needs, before it comes: see `serving.warming`."""

from __future__ import annotations

from assistant.errors import AgentError
from serving import warming
from team_agents import wiring


def make_agent() -> None:
    """Begin to put the agent together."""
    warming.make(_make_agent, AgentError)


def _make_agent() -> None:
    wiring.agent()
    wiring.classifier().classify("Is everything there?")  # what it needs is read with the first
