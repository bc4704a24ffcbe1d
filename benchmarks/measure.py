"""Statistics, and the order in which things are measured."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """How fast a server answered."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float

    @classmethod
    def of(cls, latencies_s: Sequence[float], *, elapsed_s: float) -> "Figures":
        """Sum up one run: every request's latency, and how long the run took."""
        return cls(
            requests_per_s=len(latencies_s) / elapsed_s,
            p50_ms=percentile(latencies_s, 0.50) * 1000,
            p99_ms=percentile(latencies_s, 0.99) * 1000,
        )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` (0 to 1) of the values do not exceed.

    This is the nearest rank: always one of the values, and the slowest where there are few.

    Raises:
        ValueError: there are no values, or `share` is not within 0 to 1.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError("a percentile needs values, and a share within 0 to 1")
    rank = max(math.ceil(share * len(values)), 1)
    return sorted(values)[rank - 1]


def typical(rounds: Sequence[Figures]) -> Figures:
    """Return the medians over several rounds, each member's on its own."""
    return Figures(
        requests_per_s=statistics.median(figures.requests_per_s for figures in rounds),
        p50_ms=statistics.median(figures.p50_ms for figures in rounds),
        p99_ms=statistics.median(figures.p99_ms for figures in rounds),
    )


def interleaved[K, V](subjects: Mapping[K, Callable[[], V]], *, rounds: int) -> dict[K, list[V]]:
    """Measure every subject once a round, so that what slows the machine slows them all.

    Each round begins with another subject: none is always measured behind the same neighbour.
    """
    names = list(subjects)
    measured: dict[K, list[V]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % max(len(names), 1)
        for name in names[first:] + names[:first]:
            measured[name].append(subjects[name]())
    return measured
