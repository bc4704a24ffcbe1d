"""The gateway's service role: what it is called when it is assumed, and for how long it is kept."""

from collections.abc import Callable

from localcloud.agentcore.model import Gateway
from localcloud.cloud import Caller, Cloud, Credentials

SERVICE_PRINCIPAL = "bedrock-agentcore.amazonaws.com"

CREDENTIALS_TTL_S = 60.0
"""Seconds assumed credentials are used again; a changed trust policy is seen after that."""

MAX_KEPT = 256
"""Roles whose credentials are kept at once."""


def gateway_arn(cloud: Cloud, gateway_id: str) -> str:
    """Return a gateway's ARN (botocore `GatewayArn`)."""
    return f"arn:aws:bedrock-agentcore:{cloud.region}:{cloud.account_id}:gateway/{gateway_id}"


async def assume(cloud: Cloud, gateway: Gateway) -> Credentials:
    """Take the gateway's role for one purpose.

    Raises:
        RoleNotAssumable: no such role, or its trust policy refuses the service.
    """
    return await cloud.assume_role(
        gateway.role_arn,
        service=SERVICE_PRINCIPAL,
        source_arn=gateway_arn(cloud, gateway.gateway_id),
        session_name=session_name(gateway),
    )


def session_name(gateway: Gateway) -> str:
    """Return what a gateway calls the sessions of its role."""
    return gateway.gateway_id[:64]  # the limit of AssumeRole's RoleSessionName


class RoleCredentials:
    """Credentials of gateway roles, kept for `CREDENTIALS_TTL_S`."""

    def __init__(self, cloud: Cloud, now_s: Callable[[], float]) -> None:
        """Take the cloud to ask and a clock in seconds since the Unix epoch."""
        self._cloud = cloud
        self._now_s = now_s
        self._kept: dict[tuple[str, str], tuple[float, Credentials]] = {}

    async def of(self, gateway: Gateway) -> Credentials:
        """Return credentials of the gateway's role.

        Raises:
            RoleNotAssumable: no such role, or its trust policy refuses the service.
        """
        key = gateway.gateway_id, gateway.role_arn
        kept = self._kept.get(key)
        if kept is not None and self._now_s() < kept[0]:
            return kept[1]
        credentials = await assume(self._cloud, gateway)
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        self._kept[key] = self._now_s() + CREDENTIALS_TTL_S, credentials
        return credentials


def role_caller(role_arn: str, credentials: Credentials, session_name: str) -> Caller:
    """Return the session of a role as one who asks for something."""
    account_id, role_name = role_arn.split(":")[4], role_arn.rpartition("/")[2]
    arn = f"arn:aws:sts::{account_id}:assumed-role/{role_name}/{session_name}"
    return Caller(account_id, arn, credentials.access_key_id)
