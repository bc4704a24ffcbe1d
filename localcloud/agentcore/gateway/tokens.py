"""Verify bearer tokens: signature, times, issuer, then the claims a gateway asks for.

Source: AgentCore Developer Guide, inbound authorization; RFC 7519. Only asymmetric algorithms are
taken: with a symmetric one the public key would be the secret.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from joserfc import jws, jwt
from joserfc.errors import JoseError

from localcloud.agentcore.gateway.claims import Requirements, meets
from localcloud.agentcore.gateway.errors import InvalidToken, TokenNotVerifiable
from localcloud.agentcore.gateway.issuers import Issuers, ProviderUnavailable

ALGORITHMS: Final = tuple(
    f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)
)
MAX_TOKEN_BYTES: Final = 64 * 1024
MAX_KEPT: Final = 1024
"""Verified tokens one gateway remembers."""

# Providers put members of their own into the header; those that are critical are still refused.
_REGISTRY: Final = jws.JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
_REGISTRY.max_header_length = 8192  # certificates may be in it (x5c)


@dataclass(frozen=True)
class _Passed:
    """A token that passed, and when the keys were read that it passed with."""

    claims: Mapping[str, Any]
    expires_s: float
    read_s: float | None


class TokenCheck:
    """Checks the tokens of one gateway, and remembers those that passed.

    They pass again until they expire, or the keys are read anew: theirs may have been withdrawn.
    """

    def __init__(
        self, requirements: Requirements, issuers: Issuers, now_s: Callable[[], float]
    ) -> None:
        """Take what the gateway asks for and a clock in seconds since the Unix epoch."""
        self._requirements = requirements
        self._issuers = issuers
        self._now_s = now_s
        self._passed: dict[bytes, _Passed] = {}

    async def check(self, token: str) -> Mapping[str, Any]:
        """Let a token pass, and return its claims.

        Raises:
            InvalidToken: it is malformed, forged, not in force, or its claims are not the ones
                asked for.
            TokenNotVerifiable: the identity provider cannot be asked.
            InsufficientScope: all is well except that it has none of the scopes asked for.
        """
        digest = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        passed = self._passed.get(digest)
        if passed is not None and self._now_s() < passed.expires_s and self._stands(passed):
            return passed.claims
        claims = await self._verified(token)
        meets(self._requirements, claims)
        self._remember(digest, claims)
        return claims

    async def _verified(self, token: str) -> Mapping[str, Any]:
        key_id = _key_id(token)
        try:
            issuer, key = await self._issuers.find(self._requirements.discovery_url, key_id)
        except ProviderUnavailable as error:
            raise TokenNotVerifiable(
                "Bearer token cannot be verified: the identity provider cannot be reached"
            ) from error
        if key is None:
            raise InvalidToken("Invalid Bearer token")
        try:
            claims = jwt.decode(token, key, registry=_REGISTRY).claims
        except (JoseError, ValueError, RecursionError) as error:
            raise InvalidToken("Invalid Bearer token") from error
        self._expect_in_force(claims, issuer)
        return claims

    def _expect_in_force(self, claims: Mapping[str, Any], issuer: str) -> None:
        expires_s, begins_s = claims.get("exp"), claims.get("nbf", 0)
        in_force = (
            _is_time(expires_s) and _is_time(begins_s) and begins_s <= self._now_s() < expires_s
        )
        if not in_force or claims.get("iss") != issuer:
            raise InvalidToken("Invalid Bearer token")

    def _remember(self, digest: bytes, claims: Mapping[str, Any]) -> None:
        if len(self._passed) >= MAX_KEPT:
            del self._passed[next(iter(self._passed))]
        read_s = self._issuers.read_s(self._requirements.discovery_url)
        self._passed[digest] = _Passed(claims, float(claims["exp"]), read_s)

    def _stands(self, passed: _Passed) -> bool:
        read_s = self._issuers.read_s(self._requirements.discovery_url)
        return read_s is not None and passed.read_s == read_s


def _key_id(token: str) -> str | None:
    """Return the `kid` of a token's header, which nothing vouches for yet."""
    try:
        if len(token) > MAX_TOKEN_BYTES:
            raise InvalidToken("Invalid Bearer token")
        header = jws.extract_compact(token.encode("ascii"), registry=_REGISTRY).headers()
    except (JoseError, ValueError, RecursionError) as error:
        raise InvalidToken("Invalid Bearer token") from error
    key_id = header.get("kid")
    if header.get("alg") not in ALGORITHMS or not isinstance(key_id, str | None):
        raise InvalidToken("Invalid Bearer token")
    return key_id


def _is_time(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
