"""What the operations of AgentCore Identity ask of the caller's policies.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore (actions and resource types);
CloudTrail records of GetResourceOauth2Token, as public reports have them, for the vault and the
identity beside the provider; Developer Guide, managing credential providers, for Secrets Manager's
actions. Which of Secrets Manager's actions go with which operation is partly ours (claim
`identity.iam.secrets`).
"""

from collections.abc import Iterator, Mapping
from typing import Final

from localcloud.agentcore.control import access
from localcloud.agentcore.control.areas import Question
from localcloud.agentcore.control.names import identity_directory_arn, workload_identity_arn
from localcloud.agentcore.errors import AccessRefused
from localcloud.agentcore.identity.context import Context
from localcloud.agentcore.identity.model import Kind, Provider
from localcloud.agentcore.identity.names import (
    external_arn,
    provider_arn,
    secret_arn,
    token_vault_arn,
)
from localcloud.agentcore.model import JsonObject

READ_SECRET: Final = "secretsmanager:GetSecretValue"  # noqa: S105 - an action's name
SECRET_ACTIONS: Final = {
    "Create": "secretsmanager:CreateSecret",
    "Update": "secretsmanager:PutSecretValue",
    "Delete": "secretsmanager:DeleteSecret",
}
"""Of who makes, changes or deletes a provider with a MANAGED secret."""

OF_VAULT: Final = frozenset({"GetTokenVault", "SetTokenVaultCMK", "CompleteResourceTokenAuth"})
EXTERNAL: Final = ("apiKeySecretConfig", "clientSecretConfig")


def questions(context: Context, operation: str, members: JsonObject) -> Iterator[Question]:
    """Return what is asked for an operation. Members may break the model."""
    action = f"{access.PREFIX}:{operation}"
    if "CredentialProvider" in operation:
        yield from _of_providers(context, operation, members)
    elif operation in OF_VAULT:
        yield Question(action, token_vault_arn(context.cloud))
    elif operation.startswith("GetResource"):
        yield from of_resource(context, operation, members)
    else:
        name = members.get("name", members.get("workloadName", "*"))
        yield from of_workload(context, operation, str(name), members)


def of_workload(
    context: Context, operation: str, name: str, members: JsonObject
) -> Iterator[Question]:
    """Return what is asked for an operation on a workload identity: it, and the directory."""
    action = f"{access.PREFIX}:{operation}"
    workload = context.store.workloads.get(name)
    keys = access.conditions({}, members, None if workload is None else workload.tags)
    yield Question(action, identity_directory_arn(context.cloud), keys)
    if name != "*":
        yield Question(action, workload_identity_arn(context.cloud, name), keys)


def of_resource(context: Context, operation: str, members: JsonObject) -> Iterator[Question]:
    """Return what is asked for a key or token: vault, provider, identity, and the secret."""
    action = f"{access.PREFIX}:{operation}"
    kind = Kind.API_KEY if operation == "GetResourceApiKey" else Kind.OAUTH2
    name = str(members.get("resourceCredentialProviderName", "*"))
    cloud = context.cloud
    yield Question(action, token_vault_arn(cloud))
    yield Question(action, provider_arn(cloud, kind, name))
    yield Question(action, identity_directory_arn(cloud))
    workload = _workload_of(context, members)
    yield Question(action, workload_identity_arn(cloud, workload))
    provider = context.store.providers(kind).get(name)
    if provider is not None:
        yield Question(READ_SECRET, provider.secret.arn)


def _workload_of(context: Context, members: JsonObject) -> str:
    try:
        return context.workload_tokens.read(str(members.get("workloadIdentityToken", ""))).workload
    except AccessRefused:
        return "*"  # the operation itself will refuse the token


def _of_providers(context: Context, operation: str, members: JsonObject) -> Iterator[Question]:
    action = f"{access.PREFIX}:{operation}"
    kind = Kind.API_KEY if "ApiKey" in operation else Kind.OAUTH2
    name = str(members.get("name", "*"))
    provider = context.store.providers(kind).get(name)
    keys = access.conditions({}, members, None if provider is None else provider.tags)
    yield Question(action, token_vault_arn(context.cloud), keys)
    yield Question(action, provider_arn(context.cloud, kind, name), keys)
    external = _external(members)
    if external is not None:
        yield Question(READ_SECRET, external_arn(context.cloud, external))
    elif operation[:6] in SECRET_ACTIONS:
        yield Question(SECRET_ACTIONS[operation[:6]], _secret(context, kind, name, provider))


def _secret(context: Context, kind: Kind, name: str, provider: Provider | None) -> str:
    return provider.secret.arn if provider else secret_arn(context.cloud, kind, name, "*")


def _external(members: JsonObject) -> str | None:
    """Return the secret that a request names instead of bringing one."""
    given: object = members.get("oauth2ProviderConfigInput")
    inner = next(iter(given.values()), None) if isinstance(given, Mapping) else None
    for place in (members, inner):
        for name in EXTERNAL:
            config = place.get(name) if isinstance(place, Mapping) else None
            if isinstance(config, Mapping) and "secretId" in config:
                return str(config["secretId"])
    return None
