"""What the agents of teams log: see `serving.logs`."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from serving.logs import since_ms

if TYPE_CHECKING:
    from team_agents.journal import Action

logger = logging.getLogger("team_agents")


def answered(actions: Sequence[Action], start_s: float) -> None:
    """Log an answer: what was done for it, and nothing of what was said."""
    done = [f"{one.kind} {one.outcome}" for one in actions]
    logger.info("answered", extra={"actions": done, "elapsedMs": since_ms(start_s)})
