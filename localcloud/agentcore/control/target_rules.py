"""What targets must satisfy beyond the model: their gateway's protocol, credentials, headers.

Sources: Developer Guide, outbound authorization (the table), header propagation; the sentence about
CredentialProviderConfigurations as in aws/agentcore-cli issue 1005. Which sentence says the rest
is ours (claim `agentcore-control.target.credentials`).
"""

import re
from dataclasses import dataclass
from typing import Final

from localcloud.agentcore.control.views import target_kind
from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.model import Gateway, JsonObject

GRANTS: Final = ("CLIENT_CREDENTIALS", "AUTHORIZATION_CODE", "TOKEN_EXCHANGE")
CALLER_AUTHORIZERS: Final = ("AWS_IAM", "AUTHENTICATE_ONLY")


@dataclass(frozen=True)
class Outbound:
    """How calls to one kind of target may be authorized.

    `label` is its name in messages; `role_service` whether the gateway's role comes with an
    `iamCredentialProvider`: never (False), or always (True).
    """

    label: str
    types: frozenset[str]
    none: bool = True
    grants: tuple[str, ...] = ()
    role_service: bool = False


_ROLE: Final = frozenset({"GATEWAY_IAM_ROLE"})
_PASSING: Final = frozenset({"CALLER_IAM_CREDENTIALS", "JWT_PASSTHROUGH"})
OUTBOUND: Final = {
    "apiGateway": Outbound("API Gateway", _ROLE | {"API_KEY"}),
    "lambda": Outbound("Lambda", _ROLE, none=False),
    "mcpServer": Outbound(
        "MCP server", _ROLE | {"OAUTH", "API_KEY"}, grants=GRANTS, role_service=True
    ),
    "openApiSchema": Outbound(
        "OpenAPI", _ROLE | {"OAUTH", "API_KEY"}, grants=GRANTS, role_service=True
    ),
    "smithyModel": Outbound("Smithy", _ROLE | {"OAUTH"}, none=False, grants=GRANTS[:1]),
    "agentcoreRuntime": Outbound(
        "AgentCore Runtime", _ROLE | {"OAUTH"} | _PASSING, none=False, grants=GRANTS
    ),
}
"""By the member set in `mcp` or `http`. Kinds that are not here take anything."""

PROVIDER_MEMBERS: Final = {
    "OAUTH": "oauthCredentialProvider",
    "API_KEY": "apiKeyCredentialProvider",
}
FORBIDDEN_HEADERS: Final = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "keep-alive",
        "proxy-authorization",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
CUSTOM_HEADER_PREFIX: Final = "x-amzn-bedrock-agentcore-runtime-custom-"


def check_target(gateway: Gateway, config: JsonObject) -> None:
    """Refuse a target's configuration that the service would refuse.

    Raises:
        ValidationFailed: saying which rule it breaks.
    """
    if "name" not in config:
        raise ValidationFailed.of_field("name", "Target name is required")
    protocol, kind = target_kind(config["targetConfiguration"])
    if protocol != "mcp" and gateway.config.get("protocolType") == "MCP":
        message = f"Gateways with protocolType MCP do not support {protocol} targets"
        raise ValidationFailed.of_field("targetConfiguration", message)
    if kind == "mcpServer":
        _check_listing(gateway, config)
    if protocol in ("mcp", "http") and kind in OUTBOUND:
        _check_credentials(gateway, OUTBOUND[kind], config)
    _check_headers(config.get("metadataConfiguration", {}))


def _check_credentials(gateway: Gateway, outbound: Outbound, config: JsonObject) -> None:
    configurations = config.get("credentialProviderConfigurations")
    if not configurations:
        if not outbound.none:
            _refuse(f"CredentialProviderConfigurations is required for {outbound.label} targets")
        return
    (configuration,) = configurations
    kind = configuration["credentialProviderType"]
    provider = configuration.get("credentialProvider", {})
    if kind not in outbound.types:
        _refuse(f"Credential provider type {kind} is not supported for {outbound.label} targets")
    if kind in PROVIDER_MEMBERS:
        _check_provider(outbound, PROVIDER_MEMBERS[kind], kind, provider)
    elif kind == "GATEWAY_IAM_ROLE":
        _check_role(outbound, provider)
    elif kind == "CALLER_IAM_CREDENTIALS":
        _check_inbound(gateway, kind, CALLER_AUTHORIZERS)
    elif kind == "JWT_PASSTHROUGH":
        _check_inbound(gateway, kind, ("CUSTOM_JWT",))


def _check_provider(outbound: Outbound, member: str, kind: str, provider: JsonObject) -> None:
    if member not in provider:
        _refuse(f"Credential provider type {kind} requires {member}")
    grant = provider[member].get("grantType", GRANTS[0])
    if kind == "OAUTH" and grant not in outbound.grants:
        _refuse(f"Grant type {grant} is not supported for {outbound.label} targets")


def _check_role(outbound: Outbound, provider: JsonObject) -> None:
    if set(provider) - {"iamCredentialProvider"}:
        _refuse("Credential provider type GATEWAY_IAM_ROLE takes no other credential provider")
    if bool(provider) is not outbound.role_service:
        verb = "requires" if outbound.role_service else "does not support"
        _refuse(f"GATEWAY_IAM_ROLE {verb} iamCredentialProvider for {outbound.label} targets")


def _check_inbound(gateway: Gateway, kind: str, authorizers: tuple[str, ...]) -> None:
    if gateway.config["authorizerType"] not in authorizers:
        names = " or ".join(authorizers)
        _refuse(f"Credential provider type {kind} requires a gateway with authorizer type {names}")


def _check_listing(gateway: Gateway, config: JsonObject) -> None:
    server = config["targetConfiguration"]["mcp"]["mcpServer"]
    if server.get("listingMode") != "DYNAMIC":
        return
    mcp = (gateway.config.get("protocolConfiguration") or {}).get("mcp") or {}
    providers: list[JsonObject] = config.get("credentialProviderConfigurations") or [{}]
    oauth = providers[0].get("credentialProvider", {}).get("oauthCredentialProvider", {})
    for label, refused in (
        ("Gateways with semantic search", mcp.get("searchType") == "SEMANTIC"),
        ("Targets with grant type AUTHORIZATION_CODE", oauth.get("grantType") == GRANTS[1]),
    ):
        if refused:
            message = f"{label} do not support listing mode DYNAMIC"
            raise ValidationFailed.of_field(
                "targetConfiguration.mcp.mcpServer.listingMode", message
            )


def _check_headers(metadata: JsonObject) -> None:
    for member in ("allowedRequestHeaders", "allowedResponseHeaders"):
        for name in metadata.get(member, []):
            lower = name.lower()
            amazon = lower.startswith("x-amzn-") and not lower.startswith(CUSTOM_HEADER_PREFIX)
            plain = re.fullmatch(r"[a-zA-Z0-9_-]+", name)
            if amazon or not plain or lower in FORBIDDEN_HEADERS:
                message = f"Header {name} may not be propagated"
                raise ValidationFailed.of_field(f"metadataConfiguration.{member}", message)


def _refuse(message: str) -> None:
    raise ValidationFailed.of_field("credentialProviderConfigurations", message)
