"""The authorization servers behind the vendors of OAuth2 credential providers.

Sources: botocore `CredentialProviderVendorType`, `Oauth2ProviderConfigInput`; the vendors' own
public documentation of their endpoints. Which of a vendor's endpoints the service itself uses is
not documented for most: claim `identity.vendors`.
"""

from dataclasses import dataclass
from typing import Final, NoReturn

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.model import JsonObject

CUSTOM: Final = "customOauth2ProviderConfig"
INCLUDED: Final = "includedOauth2ProviderConfig"
DISCOVERY_SUFFIX: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True)
class Vendor:
    """A vendor whose endpoints are the same for all of its customers.

    A discovery URL says all there is; else the other two do. `{tenant}` is Microsoft's.
    """

    issuer: str
    authorization: str = ""
    token: str = ""

    def discovery(self, tenant: str) -> JsonObject:
        """Return an `Oauth2Discovery`."""
        issuer = self.issuer.format(tenant=tenant)
        if not self.token:
            return {"discoveryUrl": issuer + DISCOVERY_SUFFIX}
        metadata = {
            "issuer": issuer,
            "authorizationEndpoint": self.authorization,
            "tokenEndpoint": self.token,
        }
        return {"authorizationServerMetadata": metadata}


_GITHUB: Final = "https://github.com/login/oauth"
_LINKEDIN: Final = "https://www.linkedin.com/oauth"
VENDORS: Final = {
    "GoogleOauth2": Vendor("https://accounts.google.com"),
    "GithubOauth2": Vendor(_GITHUB, f"{_GITHUB}/authorize", f"{_GITHUB}/access_token"),
    "SlackOauth2": Vendor(
        "https://slack.com",
        "https://slack.com/oauth/v2/authorize",
        "https://slack.com/api/oauth.v2.access",
    ),
    "SalesforceOauth2": Vendor("https://login.salesforce.com"),
    "MicrosoftOauth2": Vendor("https://login.microsoftonline.com/{tenant}/v2.0"),
    "AtlassianOauth2": Vendor(
        "https://auth.atlassian.com",
        "https://auth.atlassian.com/authorize",
        "https://auth.atlassian.com/oauth/token",
    ),
    "LinkedinOauth2": Vendor(
        _LINKEDIN, f"{_LINKEDIN}/v2/authorization", f"{_LINKEDIN}/v2/accessToken"
    ),
    "XOauth2": Vendor(
        "https://x.com", "https://x.com/i/oauth2/authorize", "https://api.x.com/2/oauth2/token"
    ),
    "FacebookOauth2": Vendor(
        "https://www.facebook.com",
        "https://www.facebook.com/dialog/oauth",
        "https://graph.facebook.com/oauth/access_token",
    ),
    "YandexOauth2": Vendor(
        "https://oauth.yandex.com",
        "https://oauth.yandex.com/authorize",
        "https://oauth.yandex.com/token",
    ),
    "RedditOauth2": Vendor(
        "https://www.reddit.com",
        "https://www.reddit.com/api/v1/authorize",
        "https://www.reddit.com/api/v1/access_token",
    ),
    "ZoomOauth2": Vendor(
        "https://zoom.us", "https://zoom.us/oauth/authorize", "https://zoom.us/oauth/token"
    ),
    "TwitchOauth2": Vendor("https://id.twitch.tv/oauth2"),
    "SpotifyOauth2": Vendor(
        "https://accounts.spotify.com",
        "https://accounts.spotify.com/authorize",
        "https://accounts.spotify.com/api/token",
    ),
    "DropboxOauth2": Vendor(
        "https://www.dropbox.com",
        "https://www.dropbox.com/oauth2/authorize",
        "https://api.dropboxapi.com/oauth2/token",
    ),
    "NotionOauth2": Vendor(
        "https://api.notion.com",
        "https://api.notion.com/v1/oauth/authorize",
        "https://api.notion.com/v1/oauth/token",
    ),
    "HubspotOauth2": Vendor(
        "https://app.hubspot.com",
        "https://app.hubspot.com/oauth/authorize",
        "https://api.hubapi.com/oauth/v1/token",
    ),
}
"""Vendors that are not here have an issuer for each customer: it must be given."""

_OWN_MEMBERS: Final = ("Google", "Github", "Slack", "Salesforce", "Microsoft", "Atlassian")


def config_member(vendor: str) -> str:
    """Return which member of `oauth2ProviderConfigInput` configures a vendor."""
    name = vendor.removesuffix("Oauth2")
    if name == "Custom":
        return CUSTOM
    own = name in (*_OWN_MEMBERS, "Linkedin")
    return f"{name.lower()}Oauth2ProviderConfig" if own else INCLUDED


def discovery(vendor: str, config: JsonObject) -> JsonObject:
    """Return the `Oauth2Discovery` of a provider.

    Raises:
        ValidationFailed: this vendor needs an issuer, and there is none.
    """
    if vendor == "CustomOauth2":
        given: JsonObject = config["oauthDiscovery"]
        return given
    if config.get("authorizationEndpoint") and config.get("tokenEndpoint"):
        return {"authorizationServerMetadata": _metadata(vendor, config)}
    if vendor in VENDORS:
        return VENDORS[vendor].discovery(config.get("tenantId", "common"))
    if "issuer" not in config:
        _refuse(f"{vendor} requires issuer")
    return {"discoveryUrl": config["issuer"].rstrip("/") + DISCOVERY_SUFFIX}


def _metadata(vendor: str, config: JsonObject) -> JsonObject:
    known = VENDORS.get(vendor)
    issuer = config.get("issuer") or (known.issuer if known else None)
    if issuer is None:
        _refuse(f"{vendor} requires issuer")
    names = ("authorizationEndpoint", "tokenEndpoint")
    return {"issuer": issuer} | {name: config[name] for name in names}


def _refuse(message: str) -> NoReturn:
    raise ValidationFailed.of_field("oauth2ProviderConfigInput", message)
