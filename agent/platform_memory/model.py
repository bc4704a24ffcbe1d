"""What goes into shared memory and comes out of it. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

type Role = Literal["USER", "ASSISTANT", "TOOL", "OTHER"]
"""Who says something (botocore bedrock-agentcore, `Role`)."""


@dataclass(frozen=True)
class Message:
    """What one side said, 1 to 100,000 characters, and when, once it is kept."""

    role: Role
    text: str
    at: datetime | None = None


@dataclass(frozen=True)
class Passage:
    """Something known in the long term that fits a query. `score` is 0 to 1, 1 fits best."""

    text: str
    score: float
    namespace: str | None
    record_id: str


@dataclass(frozen=True)
class HandOver:
    """A conversation that one agent leaves to another, and what it tells it.

    `context` is JSON. `event_id` is what AgentCore Memory keeps it as.
    """

    from_agent: str
    to_agent: str
    customer_id: str
    session_id: str
    summary: str
    at: datetime
    event_id: str
    context: Mapping[str, Any] = field(default_factory=dict)


def actor_of(customer_id: str | None, session_id: str) -> str:
    """Return whose memory a conversation goes to: without a customer, to one of its own."""
    return customer_id or f"anonymous-{session_id}"
