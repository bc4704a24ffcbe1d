"""Requests to targets, with the authorization that a target's configuration asks for.

Calls of tools, and what an importer asks of a server, pass `TargetSender`: the one place where
credentials are added.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from localcloud.agentcore.gateway.credentials import authorized, provider_of
from localcloud.agentcore.gateway.outbound import Outbound
from localcloud.agentcore.gateway.propagation import Propagated
from localcloud.agentcore.gateway.results import TargetFailed
from localcloud.agentcore.gateway.role import role_caller, session_name
from localcloud.agentcore.model import Gateway, Target
from localcloud.agentcore.ports import Acting, CredentialRefused, TargetCredentials
from localcloud.cloud import Cloud, CloudError, Credentials, Response, RoleNotAssumable

TIMEOUT_S: Final = 900.0
"""Longest a target may take: the quota "invocation timeout" of AgentCore gateways."""

DEFAULT_SERVICE: Final = "execute-api"
"""What the gateway's role signs for if nothing says otherwise."""


@dataclass(frozen=True)
class Errand:
    """For whom a request goes out.

    `user_token` is the inbound token, if there is one; `propagated` goes on from the client.
    """

    gateway: Gateway
    target: Target
    user_token: str | None = field(default=None, repr=False)
    propagated: Propagated = field(default_factory=Propagated, repr=False)


class TargetSender:
    """Sends to targets."""

    def __init__(
        self,
        cloud: Cloud,
        role_of: Callable[[Gateway], Awaitable[Credentials]],
        credentials: TargetCredentials | None = None,
        *,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        """Take the cloud, what gives the gateways' and their targets' credentials, and a limit."""
        self._cloud = cloud
        self._role_of = role_of
        self._targets = credentials
        self._timeout_s = timeout_s

    async def send(self, errand: Errand, outbound: Outbound, service: str | None) -> Response:
        """Send a request as the target's credential provider wants it; `service` is to sign for.

        Raises:
            TargetFailed: no credentials can be had, or nobody answers.
        """
        outbound = errand.propagated.added_to(outbound)
        match errand.target.credential_provider_type:
            case None:
                return await self._send(outbound, None, None)
            case "GATEWAY_IAM_ROLE":
                return await self.send_as_role(errand.gateway, outbound, service or DEFAULT_SERVICE)
            case "API_KEY" | "OAUTH":
                return await self._with_provider(errand, outbound)
            case other:
                raise TargetFailed(f"The laptop cloud does not add credentials of type {other} yet")

    async def send_as_role(self, gateway: Gateway, outbound: Outbound, service: str) -> Response:
        """Send a request signed with the gateway's role.

        Raises:
            TargetFailed: the role cannot be assumed, or nobody answers.
        """
        return await self._send(outbound, await self._credentials(gateway), service)

    async def _with_provider(self, errand: Errand, outbound: Outbound) -> Response:
        """Send with what the credential provider gives; a token that is refused is renewed once."""
        if self._targets is None:
            raise TargetFailed("There are no credential providers here")
        gateway, credentials = errand.gateway, await self._credentials(errand.gateway)
        role = role_caller(gateway.role_arn, credentials, session_name(gateway))
        acting = Acting(gateway, role, errand.user_token)
        provider = provider_of(errand.target)
        response = Response(HTTPStatus.UNAUTHORIZED)
        for fresh in (False, True)[: provider.attempts]:
            try:
                ready = await authorized(outbound, provider, self._targets, acting, fresh=fresh)
            except CredentialRefused as error:
                raise TargetFailed(f"No credentials for the target: {error}") from error
            response = await self._send(ready, None, None)
            if response.status != HTTPStatus.UNAUTHORIZED:
                break
        return response

    async def _credentials(self, gateway: Gateway) -> Credentials:
        try:
            return await self._role_of(gateway)
        except RoleNotAssumable as error:
            raise TargetFailed(
                f"Gateway execution role {gateway.role_arn} cannot be assumed: {error}"
            ) from error

    async def _send(
        self, outbound: Outbound, credentials: Credentials | None, service: str | None
    ) -> Response:
        try:
            return await self._cloud.send(
                outbound.method,
                outbound.url,
                headers=outbound.headers,
                content=outbound.content,
                credentials=credentials,
                service=service,
                timeout_s=self._timeout_s,
            )
        except CloudError as error:
            raise TargetFailed(f"The target could not be reached: {error}") from error
