"""OAuth protected resource metadata of a gateway (RFC 9728).

Sources: RFC 9728; AgentCore Developer Guide, OAuth discovery. The members are our reading of both
(claim `gateway.prm`): the authorization server is the issuer in the discovery URL.
"""

import re
from typing import Final

from localcloud.agentcore.gateway.claims import Requirements
from localcloud.agentcore.gateway.inbound import jwt_authorizer
from localcloud.agentcore.gateway.places import Place
from localcloud.agentcore.model import Gateway, JsonObject

_DISCOVERY: Final = re.compile(
    r"(?P<before>.+?)/\.well-known/(openid-configuration|oauth-authorization-server)(?P<after>/.*)?"
)


def protected_resource_metadata(gateway: Gateway, place: Place) -> JsonObject | None:
    """Return the document, or None for a gateway that takes no bearer tokens."""
    if gateway.config["authorizerType"] != "CUSTOM_JWT":
        return None
    requirements = Requirements.of(jwt_authorizer(gateway))
    document: JsonObject = {
        "resource": place.resource,
        "authorization_servers": [issuer_of(requirements.discovery_url)],
        "bearer_methods_supported": ["header"],
    }
    if requirements.scopes:
        document["scopes_supported"] = list(requirements.shown_scopes)
    return document


def issuer_of(discovery_url: str) -> str:
    """Return the issuer a discovery URL stands for.

    OpenID Connect puts `/.well-known/...` behind the issuer, RFC 8414 between host and path.
    """
    match = _DISCOVERY.fullmatch(discovery_url)
    return match["before"] + (match["after"] or "") if match else discovery_url
