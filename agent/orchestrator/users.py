"""Who makes a request: what their token says."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from team_agents.errors import TokenMissing


@dataclass(frozen=True)
class User:
    """Who asks. `token` is an access token that AgentCore Runtime has checked.

    `subject` is the user's id at `issuer`: together they are one user and no other.
    """

    issuer: str
    subject: str
    token: str = field(repr=False)


def user_of(token: str) -> User:
    """Return who a bearer token is for.

    It is read, not verified: the runtime has done that, and the one it goes on to does it again.

    Raises:
        TokenMissing: it names no user.
    """
    claims = _claims(token)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise TokenMissing("the bearer token names no user")
    return User(str(claims.get("iss", "")), subject, token)


def _claims(token: str) -> Mapping[str, Any]:
    """Return the claims of a JWT (RFC 7519); none of anything else."""
    try:
        payload = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
