"""The seams between AgentCore's parts: control plane, importers and the MCP endpoint."""

from dataclasses import dataclass, field
from typing import Protocol

from localcloud.agentcore.model import Gateway, JsonObject, Target, Tool
from localcloud.cloud import Caller
from policy.model import Policy


class ImportFailed(Exception):
    """A target's tools cannot be made from what it points at. The message is a statusReason."""

    code = "ImportFailed"


class CredentialRefused(Exception):
    """A target's credential cannot be had. The message is for DEBUG, and holds no secret."""

    code = "CredentialRefused"


class ConsentRequired(Exception):
    """A user must consent before a target can be called for them, at `url`."""

    code = "ConsentRequired"

    def __init__(self, url: str, session_uri: str) -> None:
        """Take the URL the user is to open, and the session that begins there."""
        super().__init__("The user has not consented to this yet")
        self.url = url
        self.session_uri = session_uri


@dataclass(frozen=True)
class Acting:
    """A gateway on its way to a target. `user_token` is the inbound token, which was verified."""

    gateway: Gateway
    role: Caller
    user_token: str | None = field(default=None, repr=False)


class TargetCredentials(Protocol):
    """Gives what the credential provider of a target keeps, with the gateway's permissions."""

    async def api_key(self, acting: Acting, provider_arn: str) -> str:
        """Return a key.

        Raises:
            CredentialRefused: the role may not have it, or there is none.
        """
        ...

    async def oauth_token(self, acting: Acting, config: JsonObject, *, fresh: bool) -> str:
        """Return an access token, as an `OAuthCredentialProvider` says; `fresh`: none that is kept.

        Raises:
            CredentialRefused: the role may not have it, or the authorization server gives none.
            ConsentRequired: the user is to be asked first.
        """
        ...


class AgentTokens(Protocol):
    """Gives agents what they act with for the user who asks."""

    def token(self, runtime_id: str, *, user_token: str | None, user_id: str | None) -> str | None:
        """Return a workload access token for a verified token's user, or a named one, or None."""
        ...


class Importer(Protocol):
    """Turns what a target points at into tools."""

    async def import_tools(
        self, gateway: Gateway, target: Target, caller: Caller
    ) -> tuple[Tool, ...]:
        """Read the target's API or schema. `caller` is who created or updated the target.

        Raises:
            ImportFailed: why the target goes to FAILED.
        """
        ...


class GatewayReader(Protocol):
    """What the MCP endpoint reads of the control plane's state."""

    def gateway(self, gateway_id: str) -> Gateway | None:
        """Return a gateway, or None."""
        ...

    def targets(self, gateway_id: str) -> tuple[Target, ...]:
        """Return a gateway's targets in order of creation."""
        ...


class PolicyReader(Protocol):
    """What the MCP endpoint reads of policy engines."""

    def policies_in_force(self, engine_arn: str) -> tuple[Policy, ...] | None:
        """Return what an engine decides by: one object until it changes. None without an engine."""
        ...


class NoPolicies:
    """A `PolicyReader` where there are no engines."""

    def policies_in_force(self, engine_arn: str) -> tuple[Policy, ...] | None:
        """Return None."""
        return None
