"""The workload access tokens that agents are sent: for the user who asks, and for nobody else.

Source: bedrock_agentcore 1.24, runtime models (header `WorkloadAccessToken`) and identity.auth: it
is not set if a signed call names no user.
"""

from localcloud.agentcore.errors import AccessRefused
from localcloud.agentcore.identity.context import Context
from localcloud.agentcore.identity.users import user_of
from localcloud.agentcore.identity.workload_tokens import User


class RuntimeTokens:
    """Makes tokens for agents. Implements `ports.AgentTokens`."""

    def __init__(self, context: Context) -> None:
        """Take the collaborators."""
        self._context = context

    def token(self, runtime_id: str, *, user_token: str | None, user_id: str | None) -> str | None:
        """Return a token of the runtime's own identity, or None without a user."""
        workload = self._context.directory.find(runtime_id)
        user = self._user(user_token, user_id)
        if workload is None or user is None:
            return None
        return self._context.workload_tokens.issue(workload, user)

    def _user(self, user_token: str | None, user_id: str | None) -> User | None:
        if user_token is not None:
            try:
                return user_of(user_token)
            except AccessRefused:
                return None
        return None if user_id is None else self._context.users.named(user_id)
