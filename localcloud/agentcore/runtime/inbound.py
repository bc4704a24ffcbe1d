"""Who may call a runtime: SigV4 and IAM policies, or a token of the runtime's own issuer.

Sources: Developer Guide, inbound authorization; that a call is asked of the runtime's ARN and of
its endpoint's, as found by those whose policies named one alone, in public repositories; the
sentence of a mismatch as seen in aws-samples/sample-agentcore-enterprise-platform.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from localcloud.agentcore.control.access import PREFIX
from localcloud.agentcore.errors import AccessRefused, Unauthorized
from localcloud.agentcore.gateway.claims import Requirements
from localcloud.agentcore.gateway.errors import InsufficientScope, Refusal
from localcloud.agentcore.gateway.issuers import Issuers
from localcloud.agentcore.gateway.tokens import TokenCheck
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.names import endpoint_arn, runtime_arn
from localcloud.cloud import Cloud, Request

MISMATCH: Final = (
    "Authorization method mismatch. The agent is configured for a different authorization method "
    "than what was used in your request. Check the agent's authorization configuration and ensure "
    "your request uses the matching method (OAuth or SigV4)"
)


class Inbound:
    """Lets requests pass, or refuses them."""

    def __init__(self, cloud: Cloud, now_s: Callable[[], float]) -> None:
        """Take the cloud and a clock in seconds since the Unix epoch."""
        self._cloud = cloud
        self._now_s = now_s
        self._issuers = Issuers(cloud, now_s)

    async def admit_by_policy(
        self, request: Request, actions: list[str], runtime_id: str, endpoint_name: str
    ) -> None:
        """Let a signed request pass whose caller may do all `actions`.

        Raises:
            AuthenticationFailed, AccessDenied: no.
            AccessRefused: it carries a token, not a signature.
        """
        if bearer_token(request) is not None:
            raise AccessRefused(MISMATCH)
        caller = await self._cloud.authenticate(request)
        resources = (
            runtime_arn(self._cloud, runtime_id),
            endpoint_arn(self._cloud, runtime_id, endpoint_name),
        )
        for action in actions:
            for resource in resources:
                await self._cloud.authorize(
                    caller, action=f"{PREFIX}:{action}", resource=resource, context={}
                )

    async def admit_by_token(
        self, request: Request, authorizer: JsonObject, runtime_id: str, endpoint_name: str
    ) -> None:
        """Let a request pass that carries a token as a `customJWTAuthorizer` wants it.

        Raises:
            Unauthorized: no token, or another one.
            AccessRefused: it is signed.
        """
        token = bearer_token(request)
        if token is None and request.header("authorization") is not None:
            raise AccessRefused(MISMATCH)
        challenge = self._challenge(runtime_id, endpoint_name)
        if token is None:
            raise Unauthorized("Missing Bearer token", challenge)
        check = TokenCheck(Requirements.of(authorizer), self._issuers, self._now_s)
        try:
            await check.check(token)
        except InsufficientScope as refusal:
            raise AccessRefused(str(refusal)) from refusal
        except Refusal as refusal:
            raise Unauthorized(str(refusal), challenge) from refusal

    def _challenge(self, runtime_id: str, endpoint_name: str) -> str:
        arn = quote(runtime_arn(self._cloud, runtime_id), safe="")
        host = f"https://bedrock-agentcore.{self._cloud.region}.amazonaws.com"
        path = f"/runtimes/{arn}/invocations/.well-known/oauth-protected-resource"
        return f'Bearer resource_metadata="{host}{path}?qualifier={endpoint_name}"'


def bearer_token(request: Request) -> str | None:
    """Return the bearer token of a request, or None if it has none."""
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
