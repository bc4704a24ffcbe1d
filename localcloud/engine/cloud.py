"""The `Cloud` that AgentCore runs in: MiniStack for AWS's hosts, the network for all others."""

import asyncio
import secrets
from collections.abc import Mapping

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as SigningCredentials
from starlette.types import ASGIApp

from localcloud import asgi
from localcloud.cloud import Caller, CloudError, Credentials, Request, Response
from localcloud.engine import ministack
from localcloud.engine.environment import ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY
from localcloud.engine.ministack import identity
from localcloud.engine.network import Network, host_of
from localcloud.proxy import is_aws
from localcloud.settings import Settings

ROOT = Credentials(ROOT_ACCESS_KEY_ID, ROOT_SECRET_ACCESS_KEY, "")
"""The cloud acting for itself, as a service does under a forward access session."""

AGENTCORE = "bedrock-agentcore"
"""A label of the names of AgentCore's data plane and of its gateways."""


class LaptopCloud:
    """Implements `localcloud.cloud.Cloud`."""

    def __init__(self, settings: Settings, network: Network) -> None:
        """Take the settings, and what sends to hosts that are not AWS's."""
        self._settings = settings
        self._network = network
        self._agentcore: ASGIApp = ministack.app

    def connect(self, agentcore: ASGIApp) -> None:
        """Let `agentcore` answer for AgentCore's hosts: runtimes and gateways may be targets."""
        self._agentcore = agentcore

    @property
    def region(self) -> str:
        """Return the region."""
        return self._settings.region

    @property
    def account_id(self) -> str:
        """Return the account's number."""
        return self._settings.account_id

    async def authenticate(self, request: Request) -> Caller:
        """Verify a signature; raises AuthenticationFailed."""
        return identity.authenticate(request, self._settings)

    async def authorize(
        self, caller: Caller, *, action: str, resource: str, context: Mapping[str, str]
    ) -> None:
        """Evaluate the caller's policies; raises AccessDenied."""
        identity.authorize(caller, action, resource, context, self._settings)

    async def assume_role(
        self, role_arn: str, *, service: str, source_arn: str, session_name: str
    ) -> Credentials:
        """Take a role as an AWS service; raises RoleNotAssumable."""
        identity.check_trust(role_arn, service, source_arn, self._settings)
        keys = (
            f"ASIA{secrets.token_hex(8).upper()}",
            secrets.token_urlsafe(30),
            secrets.token_urlsafe(60),
        )
        identity.register_role_session(role_arn, session_name, self._settings, keys)
        return Credentials(*keys)

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        credentials: Credentials | None = None,
        service: str | None = None,
        timeout_s: float = 60.0,
    ) -> Response:
        """Send one request; raises CloudError when nobody answers."""
        sent = dict(headers or {})
        if service is not None:
            sent = self._signed(method, url, sent, content, credentials or ROOT, service)
        host = host_of(url)
        if not is_aws(host):
            return await self._network.send(
                method, url, headers=sent, content=content, timeout_s=timeout_s
            )
        app = self._agentcore if AGENTCORE in host.split(".") else ministack.app
        try:
            async with asyncio.timeout(timeout_s):
                return await asgi.call(app, method, url, headers=sent.items(), body=content)
        except TimeoutError as error:
            raise CloudError(f"{host} did not answer in time") from error

    def _signed(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        content: bytes,
        credentials: Credentials,
        service: str,
    ) -> dict[str, str]:
        request = AWSRequest(method=method, url=url, headers=headers, data=content)
        keys = SigningCredentials(
            credentials.access_key_id,
            credentials.secret_access_key,
            credentials.session_token or None,
        )
        SigV4Auth(keys, service, self.region).add_auth(request)
        return dict(request.headers.items())
