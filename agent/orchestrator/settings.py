"""What the orchestrator is told by its environment.

SUPPORT_AGENT_ARN          runtime of the agent that takes what is nobody else's
SALES_AGENT_ARN            runtime of the sales agent; absent: it is not deployed
SRE_AGENT_ARN              the same of the SRE agent
HANDOVER_MEMORY_ID         AgentCore Memory with hand-overs
ROUTING_BY                 `offline`, the default, or `model`: which classifier chooses
AGENT_MODEL, ...           the model of `model`, as `assistant.models` has it
GROQ_API_KEY_SECRET_ARN    Secrets Manager's secret with its key, as the FAQ agent has it
AGENT_BUDGET_SECONDS       time for an answer, the agents' included; default 55
AWS_ENDPOINT_URL_BEDROCK_AGENTCORE   another endpoint of the data plane, as for AWS's SDKs
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orchestrator.registry import Registry

DEFAULT_BUDGET_S: Final = 55.0
"""For two agents, each of which gives up after 24 s, and the start of their sessions."""

OFFLINE, MODEL = "offline", "model"


@dataclass(frozen=True)
class Settings:
    """The environment, read. Empty counts as absent."""

    registry: Registry
    hand_over_memory_id: str
    routing_by: str
    budget_s: float
    groq_secret_arn: str | None
    endpoint_url: str | None

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """Read the variables.

        Raises:
            KeyError: HANDOVER_MEMORY_ID is missing.
            ValueError: the default agent's ARN is missing, ROUTING_BY is another word, or the
                budget is not a number of seconds above zero.
        """
        budget_s = float(environment.get("AGENT_BUDGET_SECONDS") or DEFAULT_BUDGET_S)
        if not budget_s > 0:
            raise ValueError("AGENT_BUDGET_SECONDS must be above zero")
        routing_by = environment.get("ROUTING_BY") or OFFLINE
        if routing_by not in {OFFLINE, MODEL}:
            raise ValueError(f"ROUTING_BY must be {OFFLINE} or {MODEL}")
        endpoint_url = environment.get("AWS_ENDPOINT_URL_BEDROCK_AGENTCORE", "").rstrip("/")
        return cls(
            registry=Registry.read(environment),
            hand_over_memory_id=environment["HANDOVER_MEMORY_ID"],
            routing_by=routing_by,
            budget_s=budget_s,
            groq_secret_arn=environment.get("GROQ_API_KEY_SECRET_ARN") or None,
            endpoint_url=endpoint_url or None,
        )
