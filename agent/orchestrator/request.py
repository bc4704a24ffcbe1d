"""A request as it comes in, checked, and who makes it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from orchestrator.errors import BadRequest, TokenMissing
from platform_memory.model import actor_of
from serving.payloads import first_problem

MAX_PROMPT_CHARACTERS = 10_000
"""What the teams' agents take."""

type Id = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$", max_length=100)]
"""What the teams' agents take, which AgentCore Memory takes as ActorId and as SessionId."""


class Payload(BaseModel):
    """The body of a request. Null counts as absent."""

    model_config = ConfigDict(extra="forbid", strict=True)

    prompt: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT_CHARACTERS),
    ]
    customer_id: Id | None = None
    session_id: Id | None = None


@dataclass(frozen=True)
class User:
    """Who asks. `token` is an access token that AgentCore Runtime has checked.

    `subject` is the user's id at `issuer`: together they are one user and no other.
    """

    issuer: str
    subject: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Request:
    """What is asked, about which customer, in which conversation."""

    prompt: str
    customer_id: str | None
    session_id: str

    @property
    def actor_id(self) -> str:
        """Whose memory has this conversation."""
        return actor_of(self.customer_id, self.session_id)

    def to_json(self) -> dict[str, Any]:
        """Return the payload for a team's agent."""
        ids = {"customer_id": self.customer_id} if self.customer_id else {}
        return {"prompt": self.prompt, "session_id": self.session_id, **ids}


def read(payload: object, *, new_session: Callable[[], str]) -> Request:
    """Check a payload. Without `session_id` a conversation begins, named by `new_session`.

    Raises:
        BadRequest: it names the first field that is wrong.
    """
    if not isinstance(payload, dict):
        raise BadRequest("payload", "must be a JSON object")
    try:
        found = Payload.model_validate(payload)
    except ValidationError as error:
        raise BadRequest(*first_problem(error)) from None  # the cause has the prompt
    return Request(found.prompt, found.customer_id, found.session_id or new_session())


def user_of(headers: Mapping[str, str]) -> User:
    """Return who a bearer token is for.

    It is read, not verified: the runtime has done that, and the one it goes on to does it again.

    Raises:
        TokenMissing: there is none, or it names no user.
    """
    scheme, _, token = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMissing("there is no bearer token")
    claims = _claims(token.strip())
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise TokenMissing("the bearer token names no user")
    return User(str(claims.get("iss", "")), subject, token.strip())


def _claims(token: str) -> Mapping[str, Any]:
    """Return the claims of a JWT (RFC 7519); none of anything else."""
    try:
        payload = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
