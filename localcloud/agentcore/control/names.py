"""Identifiers, ARNs and URLs of gateways.

Sources: botocore `GatewayId`, `GatewayArn`, `TargetId`; Developer Guide, gateway endpoints.
"""

import secrets
import string
from typing import Final

from localcloud.agentcore.model import Gateway
from localcloud.cloud import Cloud

SERVICE_PRINCIPAL: Final = "bedrock-agentcore.amazonaws.com"
ID_ALPHABET: Final = string.ascii_lowercase + string.digits
ID_LENGTH: Final = 10


def random_id() -> str:
    """Return ten random lower-case letters and digits."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH))


def gateway_id(name: str, suffix: str) -> str:
    """Return the id of a new gateway: its name in lower case, `-` and ten alphanumerics."""
    return f"{name.lower()}-{suffix}"


def gateway_arn(cloud: Cloud, identifier: str) -> str:
    """Return the ARN of a gateway; `*` stands for any."""
    return f"{_prefix(cloud)}:gateway/{identifier}"


def gateway_url(cloud: Cloud, gateway: Gateway) -> str:
    """Return where clients reach a gateway.

    It ends in `/mcp` when the gateway aggregates MCP targets only; without `protocolType` it is
    the bare host, to which clients append `/<target name>/invocations`.
    """
    host = f"https://{gateway.gateway_id}.gateway.bedrock-agentcore.{cloud.region}.amazonaws.com"
    return f"{host}/mcp" if gateway.config.get("protocolType") == "MCP" else host


def identity_directory_arn(cloud: Cloud) -> str:
    """Return the ARN of the account's directory of workload identities."""
    return f"{_prefix(cloud)}:workload-identity-directory/default"


def workload_identity_arn(cloud: Cloud, identifier: str) -> str:
    """Return the ARN of a gateway's workload identity; `*` stands for any."""
    return f"{identity_directory_arn(cloud)}/workload-identity/{identifier}"


def _prefix(cloud: Cloud) -> str:
    return f"arn:aws:bedrock-agentcore:{cloud.region}:{cloud.account_id}"
