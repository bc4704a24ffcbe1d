"""The operations on API-key credential providers. Source: botocore operations of these names."""

from typing import Final

from localcloud.agentcore.identity import providers
from localcloud.agentcore.identity.context import Context, Handler
from localcloud.agentcore.identity.model import Kind, Provider
from localcloud.agentcore.identity.provider_operations import same_operations
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


async def update_api_key_credential_provider(
    context: Context, _: Caller, members: JsonObject
) -> JsonObject:
    """Keep another API key."""
    provider = await providers.change_provider(context, KIND, members, members, MEMBER)
    return _view(context.cloud, provider)


def _view(cloud: Cloud, provider: Provider) -> JsonObject:
    return providers.summary(cloud, provider) | providers.secret_view(provider, "apiKeySecret")


HANDLERS: Final[dict[str, Handler]] = {
    "CreateApiKeyCredentialProvider": create_api_key_credential_provider,
    "UpdateApiKeyCredentialProvider": update_api_key_credential_provider,
    **same_operations(KIND, _view),
}
