"""What the FAQ agent logs: see `serving.logs`."""

from __future__ import annotations

import logging

from serving import logs
from serving.logs import take_caller_request_id

__all__ = ["answered", "bug", "configure", "refused", "take_caller_request_id"]

_logger = logging.getLogger("faq")


def configure() -> None:
    """Let this package's loggers write lines of JSON."""
    logs.configure("faq")


def answered(sources: int, start_s: float) -> None:
    """Log an answer; one without sources is a refusal."""
    extra = {"sources": sources, "elapsedMs": logs.since_ms(start_s)}
    _logger.info("answered", extra=extra)


def refused(code: str, status: int, start_s: float) -> None:
    """Log a failure that was expected."""
    logs.refused(_logger, code, status, start_s)


def bug(error: Exception, start_s: float) -> None:
    """Log one that was not."""
    logs.bug(_logger, error, start_s)
