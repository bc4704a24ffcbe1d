"""What the agents of teams log: see `serving.logs`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from serving import logs
from serving.logs import take_caller_request_id

if TYPE_CHECKING:
    from team_agents.journal import Action

__all__ = ["answered", "bug", "configure", "refused", "take_caller_request_id"]

_logger = logging.getLogger("team_agents")


def configure() -> None:
    """Let this package's loggers write lines of JSON."""
    logs.configure("team_agents")


def answered(actions: Sequence[Action], start_s: float) -> None:
    """Log an answer: what was done for it, and nothing of what was said."""
    done = [f"{one.kind} {one.outcome}" for one in actions]
    _logger.info("answered", extra={"actions": done, "elapsedMs": logs.since_ms(start_s)})


def refused(code: str, status: int, start_s: float) -> None:
    """Log a failure that was expected."""
    logs.refused(_logger, code, status, start_s)


def bug(error: Exception, start_s: float) -> None:
    """Log one that was not."""
    logs.bug(_logger, error, start_s)
