"""The operations that are the same for credential providers of every kind.

Source: botocore operations Get..., List... and Delete... of both kinds.
"""

from collections.abc import Callable

from localcloud.agentcore.identity import providers
from localcloud.agentcore.identity.context import Context, Handler
from localcloud.agentcore.identity.model import Kind, Provider
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

type View = Callable[[Cloud, Provider], JsonObject]
"""What is shown of a provider, and of its secret no more than where it is."""


def same_operations(kind: Kind, view: View) -> dict[str, Handler]:
    """Return what answers for the operations of a kind, by their names."""

    def get(context: Context, _: Caller, members: JsonObject) -> JsonObject:
        return view(context.cloud, providers.find_provider(context, kind, members["name"]))

    def listed(context: Context, _: Caller, members: JsonObject) -> JsonObject:
        some, token = providers.list_providers(context, kind, members)
        items = [providers.summary(context.cloud, provider) for provider in some]
        return {"credentialProviders": items, "nextToken": token or None}

    def delete(context: Context, _: Caller, members: JsonObject) -> JsonObject:
        return providers.delete_provider(context, kind, members["name"])

    label = providers.LABELS[kind]
    return {f"Get{label}": get, f"List{label}s": listed, f"Delete{label}": delete}
