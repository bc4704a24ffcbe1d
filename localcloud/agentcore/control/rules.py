"""What gateways must satisfy beyond the model.

Sources: Developer Guide, inbound authorization and interceptors; the sentence about
AuthorizerConfiguration as in hashicorp/terraform-provider-aws issue 44825; AWS tagging rules.
"""

from collections import Counter
from collections.abc import Iterable

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.model import JsonObject

CLAIM_RULES = ("allowedAudience", "allowedClients", "allowedScopes", "customClaims")


def check_gateway(config: JsonObject) -> None:
    """Refuse a gateway's configuration that the service would refuse.

    Raises:
        ValidationFailed: saying which rule it breaks.
    """
    _check_authorizer(config)
    _check_interceptors(config)


def check_tags(keys: Iterable[str]) -> None:
    """Refuse tags whose keys belong to AWS.

    Raises:
        ValidationFailed: naming the key.
    """
    for key in keys:
        if key.lower().startswith("aws:"):
            raise ValidationFailed.of_field("tags", f"Tag key {key} is reserved for AWS")


def _check_authorizer(config: JsonObject) -> None:
    kind = config["authorizerType"]
    authorizer = config.get("authorizerConfiguration", {}).get("customJWTAuthorizer")
    if kind == "CUSTOM_JWT" and authorizer is None:
        message = "AuthorizerConfiguration is required for CUSTOM_JWT authorizer type"
        raise ValidationFailed.of_field("authorizerConfiguration", message)
    if kind != "CUSTOM_JWT" and authorizer is not None:
        message = f"AuthorizerConfiguration is not supported for {kind} authorizer type"
        raise ValidationFailed.of_field("authorizerConfiguration", message)
    if authorizer is not None and not any(authorizer.get(rule) for rule in CLAIM_RULES):
        message = f"CustomJWTAuthorizer must have at least one of {', '.join(CLAIM_RULES)}"
        raise ValidationFailed.of_field("authorizerConfiguration.customJWTAuthorizer", message)


def _check_interceptors(config: JsonObject) -> None:
    points = Counter(
        point
        for interceptor in config.get("interceptorConfigurations", [])
        for point in interceptor["interceptionPoints"]
    )
    for point, times in points.items():
        if times > 1:
            message = f"At most one interceptor may be configured for {point}"
            raise ValidationFailed.of_field("interceptorConfigurations", message)
