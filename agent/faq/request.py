"""A question as it comes in, checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from serving.payloads import checked

MAX_PROMPT_CHARACTERS = 10_000
"""Enough for a letter to customer service. The search looks at 256 word pieces, some 1,000."""

DEFAULT_ACTOR = "default-user"


class Payload(BaseModel):
    """The body of a request. Null counts as absent.

    Ids are what AgentCore Memory takes as such; source: botocore bedrock-agentcore, ActorId and
    SessionId.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    prompt: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_PROMPT_CHARACTERS),
    ]
    actor_id: (
        Annotated[
            str,
            StringConstraints(
                pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_/-]*(:[a-zA-Z0-9_/-]+)*$", max_length=255
            ),
        ]
        | None
    ) = None
    thread_id: (
        Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9_-]*$", max_length=100)]
        | None
    ) = None


@dataclass(frozen=True)
class Question:
    """What is asked, by whom, in which conversation."""

    prompt: str
    actor_id: str
    thread_id: str


def read(payload: object, *, new_thread: Callable[[], str]) -> Question:
    """Check a payload.

    Without `actor_id` the caller is DEFAULT_ACTOR; without `thread_id` a conversation of its own
    begins, named by `new_thread`.

    Raises:
        BadRequest: it names the first field that is wrong.
    """
    found = checked(Payload, payload)
    return Question(found.prompt, found.actor_id or DEFAULT_ACTOR, found.thread_id or new_thread())
