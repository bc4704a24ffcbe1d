"""The operations on API-key credential providers. Source: botocore operations of these names."""

from typing import Final

from localcloud.agentcore.identity import providers
from localcloud.agentcore.identity.context import Context
from localcloud.agentcore.identity.model import Kind, Provider
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

MEMBER: Final = "apiKey"
KIND: Final = Kind.API_KEY


async def create_api_key_credential_provider(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Keep an API key."""
    provider = await providers.create_provider(context, KIND, members, members, MEMBER)
    return _view(context.cloud, provider)


def get_api_key_credential_provider(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a provider."""
    return _view(context.cloud, providers.find_provider(context, KIND, members["name"]))


async def update_api_key_credential_provider(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Keep another API key."""
    provider = await providers.change_provider(context, KIND, members, members, MEMBER)
    return _view(context.cloud, provider)


def list_api_key_credential_providers(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Show a page of providers by name."""
    some, token = providers.list_providers(context, KIND, members)
    items = [providers.summary(context.cloud, provider) for provider in some]
    return {"credentialProviders": items, "nextToken": token or None}


def delete_api_key_credential_provider(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Delete a provider and its key."""
    return providers.delete_provider(context, KIND, members["name"])


def _view(cloud: Cloud, provider: Provider) -> JsonObject:
    return providers.summary(cloud, provider) | providers.secret_view(provider, "apiKeySecret")
