"""What callers get: the reply, and for each failure a status, a stable code and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from assistant.errors import AgentError, ModelUnavailable, TooManySteps
from faq.errors import FaqError
from faq.failures import AnswerTimeout, BadRequest, MemoryUnavailable

if TYPE_CHECKING:
    from faq.request import Question
    from faq.service import Answer


@dataclass(frozen=True)
class Failure:
    """What to say of a failure: nothing in it is for the operator alone."""

    status: HTTPStatus
    code: str
    message: str


INTERNAL = Failure(
    HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "The agent failed. Please try again later."
)

# The models' own messages name providers, packages and secrets: they stay in the log's codes.
FAILURES: dict[type[AgentError | FaqError], tuple[HTTPStatus, str]] = {
    ModelUnavailable: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The language model cannot be reached. Please try again in a moment.",
    ),
    TooManySteps: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The language model found no answer. Please put the question in other words.",
    ),
    MemoryUnavailable: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The conversation so far cannot be read. Please try again in a moment.",
    ),
    AnswerTimeout: (
        HTTPStatus.GATEWAY_TIMEOUT,
        "The answer takes too long. Please try again.",
    ),
}


def failure_of(error: Exception) -> Failure:
    """Return what to say of an exception; INTERNAL if it is none that was expected."""
    if isinstance(error, BadRequest):
        return Failure(HTTPStatus.BAD_REQUEST, error.code, str(error))
    for kind, (status, message) in FAILURES.items():
        if isinstance(error, kind):
            return Failure(status, kind.code, message)
    return INTERNAL


def reply(question: Question, answer: Answer) -> dict[str, Any]:
    """Return the reply to a question as JSON values."""
    return {
        "result": answer.text,
        "actor_id": question.actor_id,
        "thread_id": question.thread_id,
        "sources": [
            {"question": hit.entry.question, "score": round(hit.score, 4)} for hit in answer.sources
        ],
    }
