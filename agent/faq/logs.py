"""What the FAQ agent logs: see `serving.logs`."""

from __future__ import annotations

import logging

from serving.logs import since_ms

logger = logging.getLogger("faq")


def answered(sources: int, start_s: float) -> None:
    """Log an answer; one without sources is a refusal."""
    logger.info("answered", extra={"sources": sources, "elapsedMs": since_ms(start_s)})
