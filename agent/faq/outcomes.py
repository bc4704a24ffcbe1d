"""What callers get: the reply, and for each failure a status, a stable code and a sentence."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from assistant.errors import ModelUnavailable, TooManySteps
from faq.failures import AnswerTimeout, MemoryUnavailable
from serving import outcomes
from serving.outcomes import INTERNAL, Failure

if TYPE_CHECKING:
    from faq.request import Question
    from faq.service import Answer

__all__ = ["FAILURES", "INTERNAL", "Failure", "failure_of", "reply"]

# The models' own messages name providers, packages and secrets: they stay in the log's codes.
FAILURES: dict[type[Exception], tuple[HTTPStatus, str]] = {
    ModelUnavailable: outcomes.MODEL_UNAVAILABLE,
    TooManySteps: outcomes.TOO_MANY_STEPS,
    MemoryUnavailable: (
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The conversation so far cannot be read. Please try again in a moment.",
    ),
    AnswerTimeout: outcomes.ANSWER_TIMEOUT,
}


def failure_of(error: Exception) -> Failure:
    """Return what to say of an exception; INTERNAL if it is none that was expected."""
    return outcomes.failure_of(error, FAILURES)


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
