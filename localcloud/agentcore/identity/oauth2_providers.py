"""The operations on OAuth2 credential providers.

Sources: botocore operations of these names. A provider is READY at once: nothing is asked of the
authorization server before the first token (claim `identity.oauth2.ready`).
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.errors import NotServed, ValidationFailed
from localcloud.agentcore.identity import providers, vendors
from localcloud.agentcore.identity.context import Context, Handler
from localcloud.agentcore.identity.model import Kind, Provider
from localcloud.agentcore.identity.names import callback_url
from localcloud.agentcore.identity.provider_operations import same_operations
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

MEMBER: Final = "clientSecret"
KIND: Final = Kind.OAUTH2
OF_SECRET: Final = frozenset({MEMBER, f"{MEMBER}Config", f"{MEMBER}Source"})
AUTHENTICATION: Final = ("CLIENT_SECRET_BASIC", "CLIENT_SECRET_POST")
"""Methods of authenticating the client that are served."""

SHOWN: Final = (
    "clientId",
    "onBehalfOfTokenExchangeConfig",
    "clientAuthenticationMethod",
    "privateEndpoint",
    "privateEndpointOverrides",
)


async def create_oauth2_credential_provider(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Keep a client of an authorization server."""
    given = _given(members)
    provider = await providers.create_provider(context, KIND, members, given, MEMBER)
    vendor = members["credentialProviderVendor"]
    made = replace(provider, vendor=vendor, callback_id=context.new_id())
    return _configured(context, made, given)


async def update_oauth2_credential_provider(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Replace a provider's configuration and secret; its callback URL stays."""
    given = _given(members)
    provider = providers.find_provider(context, KIND, members["name"])
    if provider.vendor != members["credentialProviderVendor"]:
        message = "The vendor of a credential provider cannot be changed"
        raise ValidationFailed.of_field("credentialProviderVendor", message)
    changed = await providers.change_provider(context, KIND, members, given, MEMBER)
    return _configured(context, changed, given)


def _configured(context: Context, provider: Provider, given: JsonObject) -> JsonObject:
    config = {name: value for name, value in given.items() if name not in OF_SECRET}
    configured = replace(provider, config=config)
    context.store.oauth2.put(provider.name, configured)
    return _view(context.cloud, configured)


def _given(members: JsonObject) -> JsonObject:
    """Return the configuration that fits the vendor, checked."""
    vendor = members["credentialProviderVendor"]
    member, given = next(iter(members["oauth2ProviderConfigInput"].items()))
    if member != vendors.config_member(vendor):
        message = f"{vendor} takes {vendors.config_member(vendor)}"
        raise ValidationFailed.of_field("oauth2ProviderConfigInput", message)
    method = given.get("clientAuthenticationMethod", AUTHENTICATION[0])
    if method not in AUTHENTICATION:
        raise NotServed(f"clientAuthenticationMethod {method} is not available on this cloud")
    actor = given.get("onBehalfOfTokenExchangeConfig", {}).get("tokenExchangeGrantTypeConfig", {})
    if actor.get("actorTokenContent") == "AWS_IAM_ID_TOKEN_JWT":
        raise NotServed("actorTokenContent AWS_IAM_ID_TOKEN_JWT is not available on this cloud")
    if not given.get("clientId"):
        raise ValidationFailed.of_field("oauth2ProviderConfigInput", "clientId is required")
    vendors.discovery(vendor, given)
    checked: JsonObject = given
    return checked


def _view(cloud: Cloud, provider: Provider) -> JsonObject:
    config: JsonObject = {name: provider.config[name] for name in SHOWN if name in provider.config}
    config["oauthDiscovery"] = vendors.discovery(provider.vendor, provider.config)
    return {
        **providers.summary(cloud, provider),
        **providers.secret_view(provider, MEMBER),
        "callbackUrl": callback_url(cloud, provider.callback_id),
        "oauth2ProviderConfigOutput": {vendors.config_member(provider.vendor): config},
        "status": "READY",
    }


HANDLERS: Final[dict[str, Handler]] = {
    "CreateOauth2CredentialProvider": create_oauth2_credential_provider,
    "UpdateOauth2CredentialProvider": update_oauth2_credential_provider,
    **same_operations(KIND, _view),
}
