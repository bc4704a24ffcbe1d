"""Users, by a token of their identity provider or by a name that a workload vouches for.

A user's token is verified: its issuer is asked for its discovery document and keys, over TLS. A
user is an issuer and a subject together, so that an issuer of somebody's own can name nobody but
its own users (claim `identity.token.for-jwt`).
"""

import base64
import binascii
import json
from collections.abc import Callable
from urllib.parse import urlsplit

from localcloud.agentcore.errors import AccessRefused
from localcloud.agentcore.gateway.claims import Requirements
from localcloud.agentcore.gateway.errors import GatewayError
from localcloud.agentcore.gateway.issuers import Issuers
from localcloud.agentcore.gateway.tokens import TokenCheck
from localcloud.agentcore.identity.vendors import DISCOVERY_SUFFIX
from localcloud.agentcore.identity.workload_tokens import User
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Cloud

INVALID = "The user token is invalid, has expired, or its issuer cannot be asked"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Users:
    """Tells who users are."""

    def __init__(self, cloud: Cloud, now_s: Callable[[], float]) -> None:
        """Take the cloud, and a clock in seconds since the Unix epoch."""
        self._issuers = Issuers(cloud, now_s)
        self._now_s = now_s

    def named(self, user_id: str) -> User:
        """Return a user by a name nobody has verified."""
        return User(key=f"id {user_id}")

    async def verified(self, token: str) -> User:
        """Return the user an identity provider's token is for.

        Raises:
            AccessRefused: the token is not in force, or not signed by its issuer.
        """
        issuer = claims_of(token).get("iss")
        if not isinstance(issuer, str) or not is_safe(issuer):
            raise AccessRefused(INVALID)
        nothing: frozenset[str] = frozenset()
        discovery_url = issuer.rstrip("/") + DISCOVERY_SUFFIX
        requirements = Requirements(discovery_url, nothing, nothing, (), (), {})
        try:
            await TokenCheck(requirements, self._issuers, self._now_s).check(token)
        except GatewayError as error:
            raise AccessRefused(INVALID) from error
        return user_of(token)


def user_of(token: str) -> User:
    """Return the user of a token that has been verified.

    Raises:
        AccessRefused: it has no subject.
    """
    claims = claims_of(token)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise AccessRefused(INVALID)
    return User(json.dumps(["jwt", claims["iss"], subject]), token, float(claims["exp"]))


def claims_of(token: str) -> JsonObject:
    """Return the claims of a token, for which nothing vouches yet: {} if it has none."""
    _, _, rest = token.partition(".")
    payload = rest.partition(".")[0]
    try:
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def is_safe(url: str) -> bool:
    """Tell whether a URL is one that secrets may be sent to: TLS, or this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    plain = parts.scheme == "http" and host in LOOPBACK
    return bool(host) and (parts.scheme == "https" or plain)
