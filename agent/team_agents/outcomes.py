"""What callers get: the reply, and for each failure a status, a stable code and a sentence."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from assistant.errors import (
    CallRefused,
    GatewayUnreachable,
    ModelUnavailable,
    TokenRejected,
    TooManySteps,
)
from serving import outcomes
from serving.outcomes import Failure
from team_agents.errors import AnswerTimeout, NotPermitted, TokenMissing

if TYPE_CHECKING:
    from team_agents.profiles import Profile
    from team_agents.request import Request
    from team_agents.service import Answer

# What models and gateways say themselves stays in the log's codes.
FAILURES: dict[type[Exception], tuple[HTTPStatus, str]] = {
    TokenMissing: (HTTPStatus.UNAUTHORIZED, "Please send your access token as a bearer token."),
    TokenRejected: (HTTPStatus.UNAUTHORIZED, "The tools' gateway refuses your access token."),
    NotPermitted: (HTTPStatus.FORBIDDEN, "There is no tool that you may use."),
    GatewayUnreachable: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The tools cannot be reached. Please try again in a moment.",
    ),
    CallRefused: (HTTPStatus.SERVICE_UNAVAILABLE, "The tools' gateway refuses the agent."),
    ModelUnavailable: outcomes.MODEL_UNAVAILABLE,
    TooManySteps: outcomes.TOO_MANY_STEPS,
    AnswerTimeout: outcomes.ANSWER_TIMEOUT,
}


def failure_of(error: Exception) -> Failure:
    """Return what to say of an exception; `serving.outcomes.INTERNAL` if none was expected."""
    return outcomes.failure_of(error, FAILURES)


def reply(profile: Profile, request: Request, answer: Answer) -> dict[str, Any]:
    """Return the reply to a request as JSON values."""
    return {
        "response": answer.text,
        "agent": profile.name,
        "customer_id": request.customer_id,
        "session_id": request.session_id,
        "actions": [one.to_json() for one in answer.actions],
    }
