"""What is particular about four identity providers.

Sources: Amazon Cognito Developer Guide (access tokens, pre token generation trigger); Okta,
"Authorization servers"; Microsoft identity platform, "Access token claims reference"; Auth0,
"Create custom claims". The names of the tenant's and the role's claim are yours to choose where
the provider has none of its own: an argument says so.
"""

from typing import Final

from identity_providers.provider import InboundProvider

DISCOVERY: Final = "/.well-known/openid-configuration"
NO_ISSUER: Final = frozenset({"common", "consumers", "organizations"})
"""Tenants of Entra ID whose discovery document has a pattern in the place of an issuer."""


def cognito(
    region: str,
    user_pool_id: str,
    *,
    clients: tuple[str, ...],
    tenant_claim: str = "tenant_id",
    role_claim: str = "cognito:groups",
) -> InboundProvider:
    """Return a user pool of Amazon Cognito.

    Its access tokens name their client and no audience. A claim of your own gets into them by a
    pre-token-generation trigger (V2_0 for people, V3_0 for machines too).
    """
    issuer = f"https://cognito-idp.{region}.amazonaws.com/{user_pool_id}"
    return InboundProvider(issuer + DISCOVERY, tenant_claim, role_claim, clients=clients)


def okta(
    domain: str,
    *,
    audiences: tuple[str, ...],
    authorization_server: str = "default",
    scopes: tuple[str, ...] = (),
    tenant_claim: str = "tenant_id",
    role_claim: str = "groups",
) -> InboundProvider:
    """Return a custom authorization server of Okta, at a domain such as `acme.okta.com`.

    Tokens of Okta's own authorization server (of the organisation) cannot be verified by others:
    it must be a custom one. Both claims are added to it, `groups` with a filter.
    """
    issuer = f"https://{domain}/oauth2/{authorization_server}"
    return InboundProvider(issuer + DISCOVERY, tenant_claim, role_claim, audiences, scopes=scopes)


def entra_id(
    directory_id: str,
    *,
    audiences: tuple[str, ...],
    tenant_claim: str = "tid",
    role_claim: str = "roles",
) -> InboundProvider:
    """Return a directory of Microsoft Entra ID.

    The API's registration must say `requestedAccessTokenVersion: 2`: tokens of version 1 have
    another issuer. The audience is then its client id, and `roles` are its app roles.

    Raises:
        ValueError: `directory_id` stands for many directories, which have no one issuer.
    """
    if directory_id in NO_ISSUER:
        raise ValueError(f"{directory_id} has no issuer of its own: name a directory")
    issuer = f"https://login.microsoftonline.com/{directory_id}/v2.0"
    return InboundProvider(issuer + DISCOVERY, tenant_claim, role_claim, audiences)


def auth0(
    domain: str,
    *,
    audiences: tuple[str, ...],
    namespace: str,
    scopes: tuple[str, ...] = (),
    tenant_claim: str = "tenant",
    role_claim: str = "roles",
) -> InboundProvider:
    """Return a tenant of Auth0, at a domain such as `acme.eu.auth0.com`.

    Without an audience its access tokens are opaque. Claims of your own, which an action adds, are
    URLs: `namespace`, such as `https://acme.example`, goes before both names.
    """
    names = (f"{namespace.rstrip('/')}/{name}" for name in (tenant_claim, role_claim))
    tenant, role = names
    return InboundProvider(f"https://{domain}{DISCOVERY}", tenant, role, audiences, scopes=scopes)
