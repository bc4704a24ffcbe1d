"""A request as it comes in, checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from platform_memory.model import actor_of
from serving.payloads import checked

MAX_PROMPT_CHARACTERS = 10_000
"""Also what RetrieveMemoryRecords takes as a query (botocore bedrock-agentcore, SearchCriteria)."""

type Id = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$", max_length=100)]
"""AgentCore Memory's SessionId. An ActorId may have slashes too, and with one a customer's memory
would be read as a part of another's."""


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
    """What is asked, about which customer, in which conversation."""

    prompt: str
    customer_id: str | None
    session_id: str

    @property
    def actor_id(self) -> str:
        """Whose memory this goes to."""
        return actor_of(self.customer_id, self.session_id)


def read(payload: object, *, new_session: Callable[[], str]) -> Request:
    """Check a payload. Without `session_id` a conversation begins, named by `new_session`.

    Raises:
        BadRequest: it names the first field that is wrong.
    """
    found = checked(Payload, payload)
    return Request(found.prompt, found.customer_id, found.session_id or new_session())
