"""Whether a caller may do what a request asks for.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore (actions, condition keys); that
CreateGateway is asked of `gateway/*`, and that an ARN as gatewayIdentifier answers
AccessDeniedException without naming a resource, as seen in public reports
(aws/bedrock-agentcore-sdk-python pull request 433). ListGateways on `gateway/*` is ours (claim
`agentcore-control.iam.resources`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from localcloud.agentcore.control import names
from localcloud.agentcore.errors import AccessRefused
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Caller, Cloud

CONDITIONS: Final = {
    "GatewayAuthorizerType": ("authorizerType",),
    "ProtocolType": ("protocolType",),
    "KmsKeyArn": ("kmsKeyArn",),
    "DiscoveryUrl": ("authorizerConfiguration", "customJWTAuthorizer", "discoveryUrl"),
    "PolicyEngineArn": ("policyEngineConfiguration", "arn"),
    "PolicyEngineMode": ("policyEngineConfiguration", "mode"),
}
"""Condition keys of the service, and the member each is taken from."""


async def authorize(
    cloud: Cloud, store: GatewayStore, caller: Caller, operation: str, members: JsonObject
) -> None:
    """Ask whether `caller` may call `operation` with these members, valid or not.

    Raises:
        AccessDenied: the caller's policies do not allow it.
        AccessRefused: the gateway is named by its ARN, which the service takes for another's.
    """
    action = f"bedrock-agentcore:{operation}"
    identifier = str(members.get("gatewayIdentifier", "*"))
    if identifier.startswith("arn:"):
        raise AccessRefused(f"User: {caller.arn} is not authorized to perform: {action}")
    resource = members.get("resourceArn") or names.gateway_arn(cloud, identifier)
    context = dict(_context(store, resource, members))
    await cloud.authorize(caller, action=action, resource=str(resource), context=context)


async def authorize_role(cloud: Cloud, caller: Caller, role_arn: str) -> None:
    """Ask whether `caller` may hand a role to the service.

    Raises:
        AccessDenied: the caller's policies do not allow `iam:PassRole`.
    """
    context = {"iam:PassedToService": names.SERVICE_PRINCIPAL}
    await cloud.authorize(caller, action="iam:PassRole", resource=role_arn, context=context)


def _context(store: GatewayStore, resource: str, members: JsonObject) -> Iterator[tuple[str, str]]:
    for key, path in CONDITIONS.items():
        value = _at(members, path)
        if isinstance(value, str):
            yield f"bedrock-agentcore:{key}", value
    requested = members.get("tags")
    if isinstance(requested, Mapping):
        yield from ((f"aws:RequestTag/{name}", str(value)) for name, value in requested.items())
    gateway = store.gateway(resource.rpartition("/")[2])
    if gateway is not None:
        yield from ((f"aws:ResourceTag/{name}", value) for name, value in gateway.tags.items())


def _at(members: JsonObject, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    value: Any = members
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
