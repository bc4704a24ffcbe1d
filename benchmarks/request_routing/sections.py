"""The tables about routing: accuracy beside others, by kind of request, and confidences."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.effort import Effort
from benchmarks.processes import figures_of
from benchmarks.report import Section, met
from benchmarks.request_routing import requests

ACCURACY = 0.9
"""Share of requests that should get to their team."""


def sections(_: Effort) -> Iterator[Section]:
    """Measure everything here; the effort makes no difference, as nothing here varies."""
    for name in requests.SETS:
        figures = figures_of("benchmarks.request_routing.compared", name)
        rows = [
            {**row, "met": met(row["accuracy"], at_least=ACCURACY)} for row in figures["routers"]
        ]
        title = f"Routing, {name}: {figures['requests']} requests, {figures['ms']:.1f} ms each"
        yield Section(f"routing-{name}", title, rows, aim=f"accuracy at least {ACCURACY}")
        yield Section(f"routing-{name}-kinds", f"Routing, {name}, by kind", figures["kinds"])
        yield Section(f"routing-{name}-bands", f"Routing, {name}, confidences", figures["bands"])
