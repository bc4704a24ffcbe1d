"""What runtimes must satisfy beyond the model.

Sources: Developer Guide, runtime life cycle settings, custom headers, inbound authorization; that
`Authorization` needs a JWT authorizer, as seen in aws-samples/sample-agentcore-enterprise-platform.
Wordings are ours (claim `agentcore-runtime.rules`).
"""

from typing import Final

from localcloud.agentcore.control.rules import CLAIM_RULES, check_tags
from localcloud.agentcore.errors import NotServed, ValidationFailed
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.model import DEFAULT_IDLE_TIMEOUT_S, DEFAULT_MAX_LIFETIME_S

CUSTOM_HEADER_PREFIX: Final = "x-amzn-bedrock-agentcore-runtime-custom-"
"""The one kind of `x-amzn-` headers that may be let through."""

REFUSED_HEADERS: Final = frozenset(
    {
        "cache-control",
        "connection",
        "cookie",
        "date",
        "etag",
        "forwarded",
        "host",
        "link",
        "location",
        "origin",
        "proxy-authorization",
        "referer",
        "server",
        "set-cookie",
        "strict-transport-security",
        "te",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
        "www-authenticate",
        "x-frame-options",
        "x-real-ip",
        "x-xss-protection",
    }
)
REFUSED_PREFIXES: Final = (
    "x-amz-",
    "x-amzn-",
    "accept",
    "content-",
    "if-",
    "x-forwarded-",
    "sec-websocket-",
    "access-control-",
    "x-content-",
)
NOT_SERVED: Final = ("filesystemConfigurations", "capacityProviderConfiguration")
"""What needs more than a process; claim `agentcore-runtime.gaps`."""


def check_runtime(config: JsonObject) -> None:
    """Refuse a runtime's configuration that the service would refuse, or that we cannot do.

    Raises:
        ValidationFailed: saying which rule it breaks.
        NotServed: it asks for what a laptop does not have.
    """
    _check_lifecycle(config.get("lifecycleConfiguration", {}))
    _check_network(config.get("networkConfiguration", {}))
    _check_authorizer(config)
    _check_headers(config)
    check_tags(config.get("tags", {}))
    for name in NOT_SERVED:
        if config.get(name):
            raise NotServed(f"{name} is not available on this cloud")


def _check_lifecycle(lifecycle: JsonObject) -> None:
    idle_s = lifecycle.get("idleRuntimeSessionTimeout", DEFAULT_IDLE_TIMEOUT_S)
    life_s = lifecycle.get("maxLifetime", DEFAULT_MAX_LIFETIME_S)
    if idle_s > life_s:
        message = (
            f"idleRuntimeSessionTimeout ({idle_s}) must be less than or equal to "
            f"maxLifetime ({life_s})"
        )
        raise ValidationFailed.of_field("lifecycleConfiguration", message)


def _check_network(network: JsonObject) -> None:
    vpc = network.get("networkMode") == "VPC"
    if vpc and "networkModeConfig" not in network:
        message = "networkModeConfig is required for network mode VPC"
        raise ValidationFailed.of_field("networkConfiguration.networkModeConfig", message)


def _check_authorizer(config: JsonObject) -> None:
    authorizer = config.get("authorizerConfiguration", {}).get("customJWTAuthorizer")
    if authorizer is not None and not any(authorizer.get(rule) for rule in CLAIM_RULES):
        message = f"CustomJWTAuthorizer must have at least one of {', '.join(CLAIM_RULES)}"
        raise ValidationFailed.of_field("authorizerConfiguration.customJWTAuthorizer", message)


def _check_headers(config: JsonObject) -> None:
    allowed = config.get("requestHeaderConfiguration", {}).get("requestHeaderAllowlist", [])
    for name in allowed:
        if is_refused(name):
            message = f"Header {name} cannot be passed to an agent"
            raise ValidationFailed.of_field("requestHeaderConfiguration", message)
        if name.lower() == "authorization" and not config.get("authorizerConfiguration"):
            message = "Header Authorization can be passed with a custom JWT authorizer only"
            raise ValidationFailed.of_field("requestHeaderConfiguration", message)


def is_refused(name: str) -> bool:
    """Tell whether a header may never be on the list of those an agent gets."""
    lower = name.lower()
    if lower.startswith(CUSTOM_HEADER_PREFIX):
        return False
    return lower in REFUSED_HEADERS or lower.startswith(REFUSED_PREFIXES)
