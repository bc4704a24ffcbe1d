"""One identity provider, as a gateway has to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class InboundProvider:
    """Whose tokens are taken, which of them, and where tenant and role are in them.

    `discovery_url` ends as OpenID Connect Discovery 1.0 has it. At least one of `audiences`,
    `clients` and `scopes` must be given, and a token must satisfy all that are; what it must
    satisfy beyond, such as its tenant, is for policies.
    """

    discovery_url: str
    tenant_claim: str
    role_claim: str
    audiences: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would let in every token of the provider's: raises ValueError."""
        if not (self.audiences or self.clients or self.scopes):
            raise ValueError("one of audiences, clients and scopes is required")

    def authorizer(self) -> dict[str, Any]:
        """Return an `authorizerConfiguration`, as boto3 takes it."""
        rules = {
            "allowedAudience": list(self.audiences),
            "allowedClients": list(self.clients),
            "allowedScopes": list(self.scopes),
        }
        given = {name: values for name, values in rules.items() if values}
        return {"customJWTAuthorizer": {"discoveryUrl": self.discovery_url} | given}

    def properties(self) -> dict[str, Any]:
        """Return an `AuthorizerConfiguration`, as a template takes it."""
        (authorizer,) = self.authorizer().values()
        pascal = {name[0].upper() + name[1:]: value for name, value in authorizer.items()}
        return {"CustomJWTAuthorizer": pascal}

    def tenant(self, claims: Mapping[str, Any]) -> str | None:
        """Return the tenant in the claims of a token, or None if it names none."""
        value = claims.get(self.tenant_claim)
        return value if isinstance(value, str) and value else None

    def roles(self, claims: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the roles in the claims of a token: of one role some providers make no list."""
        value = claims.get(self.role_claim)
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list):
            return ()
        return tuple(role for role in listed if isinstance(role, str) and role)
