"""For each failure a status, a stable code and a sentence for callers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from serving.errors import BadRequest


@dataclass(frozen=True)
class Failure:
    """What to say of a failure: nothing in it is for the operator alone."""

    status: HTTPStatus
    code: str
    message: str


INTERNAL = Failure(
    HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "The agent failed. Please try again later."
)


type Sentences = Mapping[type[Exception], tuple[HTTPStatus, str]]
"""By class of failure; each has a `code`."""

MODEL_UNAVAILABLE = (
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The language model cannot be reached. Please try again in a moment.",
)
TOO_MANY_STEPS = (
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The language model found no answer. Please put the question in other words.",
)
ANSWER_TIMEOUT = (
    HTTPStatus.GATEWAY_TIMEOUT,
    "The answer takes too long. Please try again.",
)


def failure_of(error: Exception, sentences: Sentences) -> Failure:
    """Return what to say of an exception; INTERNAL if it is none that was expected.

    A bad request is explained in its own words, which are for callers.
    """
    if isinstance(error, BadRequest):
        return Failure(HTTPStatus.BAD_REQUEST, error.code, str(error))
    for kind, (status, message) in sentences.items():
        if isinstance(error, kind):
            return Failure(status, str(getattr(kind, "code", INTERNAL.code)), message)
    return INTERNAL
