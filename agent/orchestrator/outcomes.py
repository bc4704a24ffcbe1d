"""What callers get of a failure: a status, a stable code and a sentence.

AgentCore Runtime puts 424 in the place of each status but 200, and has the status in its message:
so each says something else, as far as there are statuses.
"""

from __future__ import annotations

from http import HTTPStatus

from orchestrator import errors
from serving import outcomes
from serving.outcomes import Failure
from team_agents import outcomes as of_teams
from team_agents.errors import TokenMissing

FAILURES: dict[type[Exception], tuple[HTTPStatus, str]] = {
    TokenMissing: of_teams.FAILURES[TokenMissing],  # the request is one to an agent of a team
    errors.TokenRefused: (HTTPStatus.UNAUTHORIZED, "The agent refuses your access token."),
    errors.NotPermitted: (HTTPStatus.FORBIDDEN, "The agent has no tool that you may use."),
    errors.AgentBusy: (
        HTTPStatus.TOO_MANY_REQUESTS,
        "The agent is busy. Please try again in a moment.",
    ),
    errors.AgentFailed: (HTTPStatus.BAD_GATEWAY, "The agent could not answer."),
    errors.AgentUnavailable: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The agent cannot be reached. Please try again in a moment.",
    ),
    errors.AgentTimedOut: (
        HTTPStatus.GATEWAY_TIMEOUT,
        "The answer takes too long. Please try again.",
    ),
    errors.Misconfigured: (
        HTTPStatus.NOT_IMPLEMENTED,
        "This is a fault of ours: the agent is not set up as it should be.",
    ),
}


def failure_of(error: Exception) -> Failure:
    """Return what to say of an exception; `serving.outcomes.INTERNAL` if none was expected."""
    return outcomes.failure_of(error, FAILURES)
