"""What can go wrong between a question and its answer. Each class is one reason, `code` is stable.

AgentError
├── StackUnreadable      the stack, one of its outputs or its secret cannot be read
├── LoginRefused         Cognito gives no token
├── GatewayUnreachable   no answer from the gateway
├── TokenRejected        the gateway refuses a token that was made a moment ago
├── CallRefused          the gateway answers a request with a JSON-RPC error
├── ModelUnavailable     the configured model cannot be made or does not answer
└── TooManySteps         the model keeps calling tools without answering
"""

from __future__ import annotations

from typing import ClassVar


class AgentError(Exception):
    """An expected failure: the message is one line for people and holds no token or password."""

    code: ClassVar[str] = "agent-error"


class StackUnreadable(AgentError):
    """The stack does not exist, has no such output, or may not be read."""

    code = "stack-unreadable"


class LoginRefused(AgentError):
    """The identity provider gives no access token."""

    code = "login-refused"


class GatewayUnreachable(AgentError):
    """No connection to the gateway, or no answer in time."""

    code = "gateway-unreachable"


class TokenRejected(AgentError):
    """HTTP 401 for a fresh token: the client, scope or pool is not one the gateway allows."""

    code = "token-rejected"


class CallRefused(AgentError):
    """The gateway answered with a JSON-RPC error, for instance for an unknown tool."""

    code = "call-refused"

    def __init__(self, message: str, *, rpc_code: int) -> None:
        """Keep the JSON-RPC error's own number beside its message."""
        super().__init__(message)
        self.rpc_code = rpc_code


class ModelUnavailable(AgentError):
    """The model's package, key or service is missing."""

    code = "model-unavailable"


class TooManySteps(AgentError):
    """The step limit of the graph was reached before an answer."""

    code = "too-many-steps"
