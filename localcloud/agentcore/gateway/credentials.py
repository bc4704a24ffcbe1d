"""What a target's credential provider adds to a request.

Sources: botocore `ApiKeyCredentialProvider`, `OAuthCredentialProvider` (of gateways); RFC 6750.
Where a key goes that says neither name nor prefix is our reading: claim `gateway.api-key`.
"""

from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from localcloud.agentcore.gateway.outbound import Outbound
from localcloud.agentcore.model import JsonObject, Target
from localcloud.agentcore.ports import Acting, TargetCredentials

DEFAULT_HEADER: Final = "Authorization"
DEFAULT_PREFIX: Final = "Bearer"


@dataclass(frozen=True)
class Provider:
    """The one credential provider of a target: an `apiKeyCredentialProvider`, or the other."""

    is_key: bool
    config: JsonObject

    @property
    def attempts(self) -> int:
        """Return how often a call is made that is refused: a token can be renewed, a key cannot."""
        return 1 if self.is_key else 2


def provider_of(target: Target) -> Provider:
    """Return the credential provider of a target whose type is API_KEY or OAUTH."""
    (configuration,) = target.config["credentialProviderConfigurations"]
    is_key = configuration["credentialProviderType"] == "API_KEY"
    member = "apiKeyCredentialProvider" if is_key else "oauthCredentialProvider"
    return Provider(is_key, configuration["credentialProvider"][member])


async def authorized(
    outbound: Outbound,
    provider: Provider,
    credentials: TargetCredentials,
    acting: Acting,
    *,
    fresh: bool,
) -> Outbound:
    """Return a request with its credential. What an argument has put there gives way.

    Raises:
        CredentialRefused: there is no credential to be had.
    """
    if not provider.is_key:
        token = await credentials.oauth_token(acting, provider.config, fresh=fresh)
        return _with_header(outbound, DEFAULT_HEADER, f"{DEFAULT_PREFIX} {token}")
    key = await credentials.api_key(acting, provider.config["providerArn"])
    name = provider.config.get("credentialParameterName")
    prefix = provider.config.get("credentialPrefix", None if name else DEFAULT_PREFIX)
    value = f"{prefix} {key}" if prefix else key
    if provider.config.get("credentialLocation") == "QUERY_PARAMETER":
        return _with_parameter(outbound, name or DEFAULT_HEADER, value)
    return _with_header(outbound, name or DEFAULT_HEADER, value)


def _with_header(outbound: Outbound, name: str, value: str) -> Outbound:
    others = {key: text for key, text in outbound.headers.items() if key.lower() != name.lower()}
    return replace(outbound, headers=others | {name: value})


def _with_parameter(outbound: Outbound, name: str, value: str) -> Outbound:
    parts = urlsplit(outbound.url)
    pairs = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != name]
    query = urlencode([*pairs, (name, value)], quote_via=quote)
    return replace(outbound, url=urlunsplit(parts._replace(query=query)))
