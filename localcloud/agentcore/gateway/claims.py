"""Which claims a gateway asks of a token.

Sources: AgentCore Developer Guide, inbound authorization; botocore,
`CustomJWTAuthorizerConfiguration`.
Everything configured must hold. One of several scopes is enough (claim `gateway.scopes-any`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.agentcore.gateway.errors import InsufficientScope, InvalidToken
from localcloud.agentcore.model import JsonObject


@dataclass(frozen=True)
class Requirements:
    """A `customJWTAuthorizer`, with nothing but what is checked here."""

    discovery_url: str
    audiences: frozenset[str]
    clients: frozenset[str]
    scopes: tuple[str, ...]
    custom: tuple[JsonObject, ...]
    advertised: Mapping[str, str]

    @classmethod
    def of(cls, authorizer: JsonObject) -> "Requirements":
        """Read a `customJWTAuthorizer`."""
        return cls(
            discovery_url=authorizer["discoveryUrl"],
            audiences=frozenset(authorizer.get("allowedAudience") or ()),
            clients=frozenset(authorizer.get("allowedClients") or ()),
            scopes=tuple(authorizer.get("allowedScopes") or ()),
            custom=tuple(authorizer.get("customClaims") or ()),
            advertised=authorizer.get("advertisedScopeMapping") or {},
        )

    @property
    def shown_scopes(self) -> tuple[str, ...]:
        """Return the scopes as clients are told to ask for them."""
        return tuple(self.advertised.get(scope, scope) for scope in self.scopes)


def meets(requirements: Requirements, claims: Mapping[str, Any]) -> None:
    """Let claims pass.

    Raises:
        InvalidToken: audience, client or a custom claim is not the one asked for.
        InsufficientScope: the rest fits, and none of the scopes does.
    """
    fits = (
        (not requirements.clients or requirements.clients & _client(claims))
        and (not requirements.audiences or requirements.audiences & _strings(claims.get("aud")))
        and all(_custom(rule, claims) for rule in requirements.custom)
    )
    if not fits:
        raise InvalidToken("Invalid Bearer token")
    if requirements.scopes and not set(requirements.scopes) & _scopes(claims):
        raise InsufficientScope("Insufficient scope")


def _custom(rule: JsonObject, claims: Mapping[str, Any]) -> bool:
    claim = claims.get(rule["inboundTokenClaimName"])
    match = rule["authorizingClaimMatchValue"]
    value, operator = match["claimMatchValue"], match["claimMatchOperator"]
    if rule["inboundTokenClaimValueType"] == "STRING":
        return (
            operator == "EQUALS"
            and isinstance(claim, str)
            and claim == value.get("matchValueString")
        )
    if not isinstance(claim, list):
        return False
    if operator == "CONTAINS":
        return value.get("matchValueString") in _strings(claim)
    return operator == "CONTAINS_ANY" and bool(
        _strings(value.get("matchValueStringList")) & _strings(claim)
    )


def _client(claims: Mapping[str, Any]) -> frozenset[str]:
    client_id = claims.get("client_id")
    return frozenset({client_id}) if isinstance(client_id, str) else frozenset()


def _scopes(claims: Mapping[str, Any]) -> frozenset[str]:
    """Return `scope` (RFC 8693, one string) and `scp` (some providers, a list) together."""
    listed: set[str] = set()
    for value in (claims.get("scope"), claims.get("scp")):
        listed |= set(value.split()) if isinstance(value, str) else _strings(value)
    return frozenset(listed)


def _strings(value: object) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset({value})
    if isinstance(value, list):
        return frozenset(item for item in value if isinstance(item, str))
    return frozenset()
