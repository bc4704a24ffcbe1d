"""A request as it comes in, checked, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from support_desk.errors import BadRequest, NoToken

MAX_PROMPT_CHARACTERS = 10_000

type Id = Annotated[
    str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$", min_length=1, max_length=100)
]
"""What AgentCore Memory takes for an actor and for a session (botocore, ActorId and SessionId)."""


# As the platform's own agents take it, and on its own here: an archive of an example has of agent/
# only memory and model, and what a request is, is the first thing to change in a copy.
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
class Request:
    """What is asked, about which customer, in which session."""

    prompt: str
    customer_id: str
    session_id: str


@dataclass(frozen=True)
class Gateway:
    """The gateway's MCP endpoint, and the access token of whoever asks."""

    url: str
    token: str = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        """What makes a call the user's own."""
        return {"Authorization": f"Bearer {self.token}"}


def read(payload: object, *, session_id: str) -> Request:
    """Check a payload; `session_id` is the one it has if it names none.

    A customer nobody named is one of this session's own, so that no two of them are mixed up.

    Raises:
        BadRequest: it names the first field that is wrong.
    """
    try:
        found = Payload.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        place = first["loc"][0] if first["loc"] else ""
        shown = place if place in Payload.model_fields else "payload"  # others' names are theirs
        raise BadRequest(f"{shown}: {first['msg']}") from None  # the cause has the prompt
    session = found.session_id or session_id
    return Request(found.prompt, found.customer_id or f"unknown-{session}", session)


def read_token(headers: Mapping[str, str]) -> str:
    """Return the access token that came with the request.

    Raises:
        NoToken: there is none.
    """
    for name, value in headers.items():
        scheme, _, token = value.partition(" ")
        if name.lower() == "authorization" and scheme.lower() == "bearer" and token:
            return token
    raise NoToken("the request has no bearer token")
