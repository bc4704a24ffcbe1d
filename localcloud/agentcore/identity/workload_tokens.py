"""Workload access tokens: opaque, short-lived, bound to a workload identity and to a user.

A token is its own content, sealed: nobody but this cloud reads it, and none is kept. How long
AWS's live is not documented: claim `identity.token.lifetime`.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final

from localcloud.agentcore.errors import AccessRefused
from localcloud.agentcore.identity.errors import Unreadable
from localcloud.agentcore.identity.model import Workload
from localcloud.agentcore.identity.seal import Seal

LIFETIME_S: Final = 900.0
PURPOSE: Final = "workload-token"
INVALID: Final = "The workload access token is invalid or has expired"


@dataclass(frozen=True)
class User:
    """Whom a workload acts for. `key` tells users apart, whoever vouches for them.

    `token` is what the user's identity provider has signed, which is passed on only to exchange
    it; it is in force until `expires_s`, in seconds since the Unix epoch.
    """

    key: str
    token: str | None = field(default=None, repr=False)
    expires_s: float | None = None


@dataclass(frozen=True)
class Grant:
    """What a workload access token says: for which workload it acts, and for which user."""

    workload: str
    workload_made: str
    expires_s: float
    user: User | None = None


class WorkloadTokens:
    """Makes workload access tokens, and reads them."""

    def __init__(
        self,
        seal: Seal,
        find: Callable[[str], Workload | None],
        clock: Callable[[], datetime],
    ) -> None:
        """Take what tokens are sealed with, how workloads are found, and a clock."""
        self._seal = seal
        self._find = find
        self._clock = clock

    def issue(self, workload: Workload, user: User | None = None) -> str:
        """Return a token for a workload that acts for a user, or for nobody."""
        expires_s = self._clock().timestamp() + LIFETIME_S
        if user is not None and user.expires_s is not None:
            expires_s = min(expires_s, user.expires_s)
        grant = Grant(workload.name, workload.created_at.isoformat(), expires_s, user)
        sealed = self._seal.close(json.dumps(asdict(grant)), PURPOSE)
        return base64.urlsafe_b64encode(sealed).decode()

    def read(self, token: str) -> Grant:
        """Return what a token says.

        Raises:
            AccessRefused: it is not one of ours, has expired, or its workload is gone.
        """
        try:
            sealed = base64.b64decode(token.encode(), altchars=b"-_", validate=True)
            content = json.loads(self._seal.open(sealed, PURPOSE))
        except (Unreadable, binascii.Error, ValueError) as error:
            raise AccessRefused(INVALID) from error
        user = content.pop("user")
        grant = Grant(**content, user=User(**user) if user else None)
        workload = self._find(grant.workload)
        made = None if workload is None else workload.created_at.isoformat()
        if grant.expires_s <= self._clock().timestamp() or made != grant.workload_made:
            raise AccessRefused(INVALID)
        return grant
