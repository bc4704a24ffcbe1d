"""How many requests get to their team, and whether confidences come true."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.request_routing.requests import Labelled
from benchmarks.request_routing.routers import Router

BANDS = ((0.0, 0.5), (0.5, 0.8), (0.8, 0.95), (0.95, 1.0))
"""Of confidence; the last one has its end in it."""


@dataclass(frozen=True)
class Routed:
    """A request, and the agent that got it."""

    request: Labelled
    agent: str

    @property
    def right(self) -> bool:
        """Whether it is the one that should."""
        return self.agent == self.request.team


def route(router: Router, requests: Sequence[Labelled]) -> list[Routed]:
    """Route every request."""
    return [Routed(one, router.route(one.text)) for one in requests]


def accuracy(routed: Sequence[Routed]) -> float | None:
    """Return the share that got to its team; of none, None."""
    return statistics.mean(one.right for one in routed) if routed else None


def recall(routed: Sequence[Routed], team: str) -> float | None:
    """Return the share of a team's requests that got to it."""
    return accuracy([one for one in routed if one.request.team == team])


def band(confidence: float) -> int:
    """Return the place in BANDS of a confidence."""
    return next(place for place, (_, end) in enumerate(BANDS) if confidence < end or end == 1.0)
