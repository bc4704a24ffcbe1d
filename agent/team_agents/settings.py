"""What an agent is told by its environment.

AGENT_NAME                 which one: see `team_agents.profiles`
GATEWAY_URL                MCP endpoint of the platform's gateway
CUSTOMER_MEMORY_ID         AgentCore Memory with what is known of customers
HANDOVER_MEMORY_ID         the one with hand-overs
INCIDENT_MEMORY_ID         the one with what was learnt from incidents; for SRE alone
AGENT_MODEL                see `assistant.models`; default: offline, or Groq if there is a key
AGENT_MODEL_OPTIONS        the same
AGENT_BUDGET_SECONDS       time for an answer; default 24
GROQ_API_KEY_SECRET_ARN    Secrets Manager's secret with the key, as the FAQ agent has it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from platform_memory.manager import HAND_OVERS
from team_agents.profiles import CUSTOMERS, INCIDENTS, PROFILES, Profile

DEFAULT_BUDGET_S = 24.0
"""What stands in front of an agent may be an API that waits 29 s."""


@dataclass(frozen=True)
class Settings:
    """The environment, read. Empty counts as absent. `stores` are memory ids by name."""

    profile: Profile
    gateway_url: str
    stores: Mapping[str, str]
    budget_s: float
    groq_secret_arn: str | None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Read the variables.

        Raises:
            KeyError: one is missing, or names no agent.
            ValueError: the budget is not a number of seconds above zero.
        """
        profile = PROFILES[environment["AGENT_NAME"]]
        stores = {
            CUSTOMERS: environment["CUSTOMER_MEMORY_ID"],
            HAND_OVERS: environment["HANDOVER_MEMORY_ID"],
        }
        if profile.has_incidents:
            stores[INCIDENTS] = environment["INCIDENT_MEMORY_ID"]
        budget_s = float(environment.get("AGENT_BUDGET_SECONDS") or DEFAULT_BUDGET_S)
        if not budget_s > 0:
            raise ValueError("AGENT_BUDGET_SECONDS must be above zero")
        return cls(
            profile=profile,
            gateway_url=environment["GATEWAY_URL"],
            stores=stores,
            budget_s=budget_s,
            groq_secret_arn=environment.get("GROQ_API_KEY_SECRET_ARN") or None,
        )
