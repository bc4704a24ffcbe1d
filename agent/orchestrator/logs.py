"""What the orchestrator logs: see `serving.logs`. Codes and names of agents, never a prompt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from serving.logs import since_ms

if TYPE_CHECKING:
    from orchestrator.service import Answer

logger = logging.getLogger("orchestrator")


def answered(answer: Answer, start_s: float) -> None:
    """Log who answered, and how it was chosen: reasons quote the request, and are left out."""
    route = answer.route
    chosen = {"agent": route.agent.name, "by": route.by, "confidence": round(route.confidence, 3)}
    via = [one.route.agent.name for one in answer.earlier]
    logger.info("answered", extra={**chosen, "via": via, "elapsedMs": since_ms(start_s)})
