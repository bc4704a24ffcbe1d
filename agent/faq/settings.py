"""What the agent is told by its environment.

AGENT_MODEL                see `assistant.models`; default: offline, or Groq if there is a key
AGENT_MODEL_OPTIONS        the same
AGENT_BUDGET_SECONDS       time for an answer, from the question to its end; default 24
GROQ_API_KEY_SECRET_ARN    Secrets Manager's secret with the key: the key itself, or a JSON object
                           with it as GROQ_API_KEY
MEMORY_ID                  AgentCore Memory for conversations; absent: each question stands alone
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_BUDGET_S = 24.0
"""API Gateway waits 29 s for all of it: proxy, runtime, and the start of a session."""


@dataclass(frozen=True)
class Settings:
    """The environment, read. Empty counts as absent."""

    budget_s: float
    memory_id: str | None
    groq_secret_arn: str | None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Read the variables.

        Raises:
            ValueError: the budget is not a number of seconds above zero.
        """
        budget_s = float(environment.get("AGENT_BUDGET_SECONDS") or DEFAULT_BUDGET_S)
        if not budget_s > 0:
            raise ValueError("AGENT_BUDGET_SECONDS must be above zero")
        return cls(
            budget_s=budget_s,
            memory_id=environment.get("MEMORY_ID") or None,
            groq_secret_arn=environment.get("GROQ_API_KEY_SECRET_ARN") or None,
        )
