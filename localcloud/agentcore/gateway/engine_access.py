"""Whether a gateway's role may ask its policy engine.

Source: AgentCore Developer Guide, policy permissions: AuthorizeAction and
PartiallyAuthorizeActions on engine and gateway.
"""

from collections.abc import Callable
from typing import Final

from localcloud.agentcore.gateway.errors import PolicyEvaluationFailed
from localcloud.agentcore.gateway.role import (
    CREDENTIALS_TTL_S,
    MAX_KEPT,
    RoleCredentials,
    gateway_arn,
    role_caller,
    session_name,
)
from localcloud.agentcore.model import Gateway
from localcloud.cloud import AccessDenied, Cloud, RoleNotAssumable

AUTHORIZE: Final = "bedrock-agentcore:AuthorizeAction"
PARTIALLY: Final = "bedrock-agentcore:PartiallyAuthorizeActions"


class EngineAccess:
    """What roles may do, remembered for as long as their credentials."""

    def __init__(self, cloud: Cloud, roles: RoleCredentials, now_s: Callable[[], float]) -> None:
        """Take the cloud to ask, the gateways' credentials, and a clock in seconds."""
        self._cloud = cloud
        self._roles = roles
        self._now_s = now_s
        self._allowed_until_s: dict[tuple[str, str, str, str], float] = {}

    async def expect(self, gateway: Gateway, engine_arn: str, action: str) -> None:
        """Let the gateway's role pass.

        Raises:
            PolicyEvaluationFailed: it cannot be taken, or may not do this.
        """
        key = gateway.gateway_id, gateway.role_arn, engine_arn, action
        if self._now_s() < self._allowed_until_s.get(key, 0.0):
            return
        try:
            credentials = await self._roles.of(gateway)
            caller = role_caller(gateway.role_arn, credentials, session_name(gateway))
            for resource in (engine_arn, gateway_arn(self._cloud, gateway.gateway_id)):
                await self._cloud.authorize(caller, action=action, resource=resource, context={})
        except (AccessDenied, RoleNotAssumable) as error:
            raise PolicyEvaluationFailed from error
        if len(self._allowed_until_s) >= MAX_KEPT:
            self._allowed_until_s.clear()
        self._allowed_until_s[key] = self._now_s() + CREDENTIALS_TTL_S
