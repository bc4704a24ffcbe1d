"""The operations on credential providers of both kinds.

Sources: botocore operations of these names; quotas page; Developer Guide, managing credential
providers. A reply has the ARN of the secret and never the secret. Wording of refusals is ours.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from localcloud.agentcore.control.paging import page
from localcloud.agentcore.control.rules import check_tags
from localcloud.agentcore.errors import (
    Conflict,
    QuotaExceeded,
    ResourceNotFound,
    ValidationFailed,
)
from localcloud.agentcore.identity.context import Context
from localcloud.agentcore.identity.model import Kind, Provider, SecretReference, Source
from localcloud.agentcore.identity.names import provider_arn
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Cloud

MAX_PROVIDERS: Final = 50
"""Credential providers of one kind an account may have (quotas page)."""

LABELS: Final[Mapping[Kind, str]] = {
    Kind.API_KEY: "ApiKeyCredentialProvider",
    Kind.OAUTH2: "Oauth2CredentialProvider",
}
SUFFIX_LENGTH: Final = 6


def find_provider(context: Context, kind: Kind, name: str) -> Provider:
    """Return the provider of this kind and name.

    Raises:
        ResourceNotFound: there is none.
    """
    provider = context.store.providers(kind).get(name)
    if provider is None:
        raise ResourceNotFound(f"{LABELS[kind]} {name} not found")
    return provider


async def create_provider(
    context: Context, kind: Kind, members: JsonObject, secret: JsonObject, member: str
) -> Provider:
    """Keep a new provider.

    `secret` holds what is said of the secret, whose member is called `member`.
    """
    name = members["name"]
    check_tags(members.get("tags", {}))
    _check_room(context, kind, name)
    reference = await _reference(context, kind, name, secret, member)
    _check_room(context, kind, name)  # again: reading an EXTERNAL secret takes its time
    now = context.clock()
    tags = members.get("tags", {})
    provider = Provider(kind, name, reference, now, now, tags=tags)
    context.store.providers(kind).put(name, provider)
    return provider


async def change_provider(
    context: Context, kind: Kind, members: JsonObject, secret: JsonObject, member: str
) -> Provider:
    """Give a provider another secret; the tokens it has got with the old one are forgotten."""
    name = members["name"]
    find_provider(context, kind, name)
    reference = await _reference(context, kind, name, secret, member)
    provider = find_provider(context, kind, name)
    if provider.secret.arn != reference.arn:
        context.secrets.forget(provider.secret)
    context.store.forget_tokens_of(provider=name)
    changed = replace(provider, secret=reference, updated_at=context.clock())
    context.store.providers(kind).put(name, changed)
    return changed


def list_providers(context: Context, kind: Kind, members: JsonObject) -> tuple[list[Provider], str]:
    """Return a page of providers by name, and the token of the next page."""
    everyone = context.store.providers(kind).all()
    some, token = page(everyone, members, scope=kind, key=lambda provider: provider.name)
    return some, token or ""


def delete_provider(context: Context, kind: Kind, name: str) -> JsonObject:
    """Delete a provider, its secret, and the tokens it has got."""
    provider = find_provider(context, kind, name)
    context.secrets.forget(provider.secret)
    context.store.forget_tokens_of(provider=name)
    context.store.providers(kind).delete(name)
    return {}


def summary(cloud: Cloud, provider: Provider) -> JsonObject:
    """Return what a list says of a provider."""
    return {
        "name": provider.name,
        "credentialProviderArn": provider_arn(cloud, provider.kind, provider.name),
        "credentialProviderVendor": provider.vendor,
        "createdTime": provider.created_at,
        "lastUpdatedTime": provider.updated_at,
    }


def secret_view(provider: Provider, member: str) -> JsonObject:
    """Return what is said of a provider's secret, whose member is called `member`."""
    return {
        f"{member}Arn": {"secretArn": provider.secret.arn},
        f"{member}JsonKey": provider.secret.json_key,
        f"{member}Source": provider.secret.source.value,
    }


async def _reference(
    context: Context, kind: Kind, name: str, secret: JsonObject, member: str
) -> SecretReference:
    prefix = "apiKeySecret" if kind is Kind.API_KEY else member
    source = Source(secret.get(f"{prefix}Source", Source.MANAGED))
    external = secret.get(f"{prefix}Config")
    _check_secret(source, secret.get(member), external, member, prefix)
    if external is not None:
        return await context.secrets.find(external["secretId"], external["jsonKey"])
    present = context.store.providers(kind).get(name)
    if present is not None and present.secret.source is Source.MANAGED:
        suffix = present.secret.arn[-SUFFIX_LENGTH:]
    else:
        suffix = context.new_id()[-SUFFIX_LENGTH:]
    return context.secrets.keep(kind, name, secret[member], suffix)


def _check_secret(
    source: Source, secret: str | None, external: JsonObject | None, member: str, prefix: str
) -> None:
    if source is Source.EXTERNAL and (external is None or secret is not None):
        message = f"{prefix}Source EXTERNAL takes {prefix}Config and no {member}"
        raise ValidationFailed.of_field(f"{prefix}Config", message)
    if source is Source.MANAGED and (external is not None or not secret):
        message = f"{prefix}Source MANAGED takes {member} and no {prefix}Config"
        raise ValidationFailed.of_field(member, message)


def _check_room(context: Context, kind: Kind, name: str) -> None:
    providers = context.store.providers(kind)
    if providers.get(name) is not None:
        raise Conflict(f"{LABELS[kind]} with name {name} already exists")
    if len(providers.all()) >= MAX_PROVIDERS:
        raise QuotaExceeded(f"The account may have at most {MAX_PROVIDERS} of {LABELS[kind]}")
