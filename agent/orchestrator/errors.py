"""Why a request gets no answer. Each class is one reason, `code` is stable.

OrchestratorError
├── TokenRefused      the agent's runtime, or the gateway behind it, refuses the user's token
├── NotPermitted      the user may do nothing with the agent
├── AgentBusy         too many requests at once, or two of one conversation at the same time
├── AgentFailed       the agent ended in an error, or its answer is not one
├── AgentUnavailable  the agent, or what runs it, cannot be reached
├── AgentTimedOut     no answer within the time there is
└── Misconfigured     the deployment is at fault: a name, a right, a way to log in

None of the messages is for callers. Beside these, `serving.errors` has BadRequest and
`team_agents.errors` TokenMissing: a request to the orchestrator is one to an agent of a team.
"""

from __future__ import annotations

from typing import ClassVar


class OrchestratorError(Exception):
    """No answer."""

    code: ClassVar[str] = "orchestrator-error"


class TokenRefused(OrchestratorError):
    """Expired meanwhile, or not one of those that the agent takes."""

    code = "token-refused"


class NotPermitted(OrchestratorError):
    """The agent has no tool that the user may call."""

    code = "not-permitted"


class AgentBusy(OrchestratorError):
    """Asked again later, it answers."""

    code = "agent-busy"


class AgentFailed(OrchestratorError):
    """Asked again, it may well fail again."""

    code = "agent-failed"


class AgentUnavailable(OrchestratorError):
    """Asked again later, it may answer."""

    code = "agent-unavailable"


class AgentTimedOut(OrchestratorError):
    """What it has done so far, it has done."""

    code = "agent-timeout"


class Misconfigured(OrchestratorError):
    """Asking again does not help."""

    code = "misconfigured"
