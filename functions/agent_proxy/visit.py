"""What the log keeps of each request, answered or not: one line, found by the request's id."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent_proxy.edge import request_id
from agent_proxy.telemetry import logger


@dataclass
class Visit:
    """One request, from its arrival to the line about it.

    `session_id` is that of the agent's runtime: a digest, in which nobody's names can be read. A
    request that is not in order has none.
    """

    request_id: str
    begun_s: float
    now_s: Callable[[], float]
    session_id: str | None = None

    @classmethod
    def begin(cls, event: Mapping[str, Any], now_s: Callable[[], float]) -> "Visit":
        """Return the visit of an event of API Gateway that arrives now, by the clock `now_s`."""
        return cls(request_id(event), now_s(), now_s)

    def end(self, status: int, *, code: str | None) -> None:
        """Log how it ended: the status that was sent, and why, or why a stream broke off."""
        found = {
            "request_id": self.request_id,
            "status": int(status),
            "elapsed_ms": round((self.now_s() - self.begun_s) * 1000),
            "session_id": self.session_id,
            "code": code,
        }
        said = {name: value for name, value in found.items() if value is not None}
        logger.info("request ended", extra=said)
