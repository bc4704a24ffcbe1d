"""What the orchestrator logs: see `serving.logs`. Codes and names of agents, never a prompt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from serving import logs
from serving.logs import take_caller_request_id

if TYPE_CHECKING:
    from orchestrator.service import Answer

__all__ = ["answered", "bug", "configure", "refused", "take_caller_request_id"]

_logger = logging.getLogger("orchestrator")


def configure() -> None:
    """Let this package's loggers, and those of what it chooses with, write lines of JSON."""
    for name in ("orchestrator", "request_routing"):
        logs.configure(name)


def answered(answer: Answer, start_s: float) -> None:
    """Log who answered, and how it was chosen: reasons quote the request, and are left out."""
    route = answer.route
    chosen = {"agent": route.agent.name, "by": route.by, "confidence": round(route.confidence, 3)}
    via = [one.route.agent.name for one in answer.earlier]
    extra = {**chosen, "via": via, "elapsedMs": logs.since_ms(start_s)}
    _logger.info("answered", extra=extra)


def refused(code: str, status: int, start_s: float) -> None:
    """Log a failure that was expected."""
    logs.refused(_logger, code, status, start_s)


def bug(error: Exception, start_s: float) -> None:
    """Log one that was not."""
    logs.bug(_logger, error, start_s)
