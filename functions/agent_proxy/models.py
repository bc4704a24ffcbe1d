"""What callers send and what the agent answers, as `openapi.yaml` has them."""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent_proxy.errors import AgentFailed, InvalidRequest

MAX_PROMPT_CHARACTERS: Final = 10_000
"""Several pages: whoever sends more has not a question, and a model is paid by length."""

ID_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$"
"""What AgentCore Memory takes for a session, and for one part of an actor."""

NOT_BLANK: Final = r"[^ \t\r\n]"
NAME_CHARACTERS: Final = 100
"""How much of the name of a member that nobody knows goes back to who sent it."""

Id = Annotated[str, Field(pattern=ID_PATTERN)]


class Question(BaseModel):
    """What a caller asks. Nothing unknown, or a slip in `thread_id` would begin a new thread."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    prompt: Annotated[
        str, Field(min_length=1, max_length=MAX_PROMPT_CHARACTERS, pattern=NOT_BLANK, repr=False)
    ]
    actor_id: Id = "anonymous"
    thread_id: Id | None = None


class Source(BaseModel):
    """An entry of the FAQ that the answer rests on. `score` is its likeness, about 0 to 1."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    question: str
    score: float


class Reply(BaseModel):
    """What the agent answers. Whatever else it says stays inside."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    result: Annotated[str, Field(repr=False)]
    actor_id: str
    thread_id: str
    sources: list[Source]


def read_question(body: str | None) -> Question:
    """Return the question in the body of a request.

    Raises:
        InvalidRequest: with the field, and what is wrong with it.
    """
    try:
        content = json.loads(body or "")
    except (RecursionError, ValueError) as error:
        raise InvalidRequest("body: must be JSON") from error
    if not isinstance(content, dict):
        raise InvalidRequest("body: must be a JSON object")
    for name in ("actor_id", "thread_id"):
        if name in content and content[name] is None:
            raise InvalidRequest(f"{name}: must be a text, or left out")
    try:
        return Question.model_validate(content)
    except ValidationError as error:
        raise InvalidRequest(_sentence(error)) from error


def read_reply(content: object, *, actor_id: str, thread_id: str) -> Reply:
    """Return the agent's answer in a conversation.

    Raises:
        AgentFailed: it is not one, or one in another conversation.
    """
    try:
        reply = Reply.model_validate(content)
    except ValidationError as error:
        raise AgentFailed("the answer is not of the contract") from error
    if (reply.actor_id, reply.thread_id) != (actor_id, thread_id):
        raise AgentFailed("the answer is of another conversation")
    return reply


def read_json(text: bytes) -> Mapping[str, Any]:
    """Return the JSON object an agent sent.

    Raises:
        AgentFailed: it is none.
    """
    try:
        content = json.loads(text)
    except (RecursionError, ValueError) as error:
        raise AgentFailed("the answer is not JSON") from error
    if not isinstance(content, dict):
        raise AgentFailed("the answer is not a JSON object")
    return content


def _sentence(error: ValidationError) -> str:
    """Say what is wrong with each field; never what was in it."""
    return "; ".join(
        f"{'.'.join(str(part) for part in found['loc'])[:NAME_CHARACTERS]}: {found['msg']}"
        for found in error.errors(include_url=False, include_input=False, include_context=False)
    )
