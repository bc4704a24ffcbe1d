"""Which agents there are, where they run, and what they are for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from request_routing.classifier import SALES, SRE, SUPPORT

CAPABILITIES: Final = {
    SUPPORT: ("customer-lookup", "ticketing", "case-management"),
    SALES: ("opportunity-management", "quoting", "proposals"),
    SRE: ("incident-response", "runbooks", "monitoring"),
}

VARIABLES: Final = {
    SUPPORT: "SUPPORT_AGENT_ARN",
    SALES: "SALES_AGENT_ARN",
    SRE: "SRE_AGENT_ARN",
}


@dataclass(frozen=True)
class Agent:
    """An agent on AgentCore Runtime."""

    name: str
    arn: str
    capabilities: tuple[str, ...]


@dataclass(frozen=True)
class Registry:
    """The agents that can be asked, each once."""

    agents: tuple[Agent, ...]

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Registry:
        """Read the agents' ARNs; one whose variable is missing or empty is not deployed.

        Raises:
            ValueError: the default agent is not deployed: nobody would be there for the rest.
        """
        arns = {name: environment.get(variable, "") for name, variable in VARIABLES.items()}
        if not arns[SUPPORT]:
            raise ValueError(f"{VARIABLES[SUPPORT]} is missing")
        return cls(_agents((name, arn) for name, arn in arns.items() if arn))

    def find(self, name: str) -> Agent | None:
        """Return an agent; None if it is not deployed."""
        return next((one for one in self.agents if one.name == name), None)


def _agents(arns: Iterable[tuple[str, str]]) -> tuple[Agent, ...]:
    return tuple(Agent(name, arn, CAPABILITIES[name]) for name, arn in arns)
