"""What can go wrong between a request and its answer. Each class is one reason, `code` is stable.

TeamAgentError
├── TokenMissing   the request carries no token of a user
├── NotPermitted   the user may call no tool, and so has no business with the agent
└── AnswerTimeout  no answer within the time there is

Beside these, `serving.errors` has BadRequest, and `assistant.errors` what the model and the
gateway may do.
"""

from __future__ import annotations

from typing import ClassVar


class TeamAgentError(Exception):
    """An expected failure, with a message for people."""

    code: ClassVar[str] = "team-agent-error"


class TokenMissing(TeamAgentError):
    """No header `Authorization: Bearer`: nobody is there to act for."""

    code = "token-missing"


class NotPermitted(TeamAgentError):
    """The gateway lists no tool for the user."""

    code = "not-permitted"


class AnswerTimeout(TeamAgentError):
    """The model, or what it waits for, takes too long."""

    code = "answer-timeout"
