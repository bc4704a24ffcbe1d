"""Keep one access token fresh.

`TokenSource` holds the current grant and asks an `Issuer` for the next one: before the grant
expires, and once for a token the gateway has refused. It may be shared between threads and
between asyncio tasks: whoever comes first renews, the others wait and get the same token.
Tokens are never logged and do not show in a `repr`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

# Longer than a slow tool call, so that a token does not expire on its way; Cognito's shortest
# access token lives 300 s.
MARGIN_S = 60.0


@dataclass(frozen=True)
class Grant:
    """What an identity provider gave: an access token, its end, and perhaps a way to renew it.

    Attributes:
        access_token: the bearer token.
        expires_at_s: the end of its life, in seconds since the Unix epoch.
        refresh_token: renews the grant without a password; None where there is no such thing.
    """

    access_token: str = field(repr=False)
    expires_at_s: float
    refresh_token: str | None = field(default=None, repr=False)


class RefreshRefused(Exception):
    """The refresh token has expired or was revoked: log in again."""


class Issuer(Protocol):
    """Where grants come from. Both methods block, and raise `LoginRefused` for good."""

    def log_in(self) -> Grant:
        """Make a grant from the credentials themselves."""

    def renew(self, refresh_token: str) -> Grant:
        """Make a grant from a refresh token.

        Raises:
            RefreshRefused: the refresh token is no longer good.
        """


class TokenSource:
    """Access tokens that are good for at least `margin_s` more seconds."""

    def __init__(
        self, issuer: Issuer, *, now_s: Callable[[], float], margin_s: float = MARGIN_S
    ) -> None:
        """Take the issuer and the clock (`time.time`); nothing is requested yet."""
        self._issuer = issuer
        self._now_s = now_s
        self._margin_s = margin_s
        self._grant: Grant | None = None
        self._one_at_a_time = threading.Lock()

    def current(self) -> str:
        """Return a token that has not expired, renewing it when it is about to."""
        with self._one_at_a_time:
            grant = self._grant
            if grant is None or grant.expires_at_s - self._margin_s <= self._now_s():
                grant = self._next(grant)
            return grant.access_token

    def replace(self, refused: str) -> str:
        """Return another token than the one the gateway `refused`.

        Of several callers that were refused the same token, only the first causes a renewal.
        """
        with self._one_at_a_time:
            grant = self._grant
            if grant is None or grant.access_token == refused:
                grant = self._next(grant)
            return grant.access_token

    async def current_async(self) -> str:
        """Do as `current` does, without blocking the event loop."""
        return await asyncio.to_thread(self.current)

    async def replace_async(self, refused: str) -> str:
        """Do as `replace` does, without blocking the event loop."""
        return await asyncio.to_thread(self.replace, refused)

    def _next(self, grant: Grant | None) -> Grant:
        self._grant = self._renewed(grant) or self._issuer.log_in()
        return self._grant

    def _renewed(self, grant: Grant | None) -> Grant | None:
        if grant is None or grant.refresh_token is None:
            return None
        try:
            return self._issuer.renew(grant.refresh_token)
        except RefreshRefused:
            return None
