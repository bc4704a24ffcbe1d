"""What a failure becomes: a line in the log, and a reply with no more than callers may know."""

from __future__ import annotations

from http import HTTPStatus
from typing import Protocol

from starlette.responses import JSONResponse, Response

from serving.outcomes import INTERNAL, Failure


class Log(Protocol):
    """What is used of an agent's `logs` module."""

    def bug(self, error: Exception, start_s: float) -> None:
        """Log a failure that was not expected."""

    def refused(self, code: str, status: HTTPStatus, start_s: float) -> None:
        """Log one that was."""


def logged(failed: Failure, error: Exception, start_s: float, log: Log) -> Failure:
    """Log a failure as what it is, and return it."""
    if failed.code == INTERNAL.code:
        log.bug(error, start_s)
    else:
        log.refused(failed.code, failed.status, start_s)
    return failed


def refusal(failed: Failure) -> Response:
    """Return the reply."""
    return JSONResponse({"error": failed.message, "code": failed.code}, failed.status)
