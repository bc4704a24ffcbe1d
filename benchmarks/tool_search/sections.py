"""The tables about tool search: quality beside others, on each set of questions."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.effort import Effort
from benchmarks.processes import figures_of
from benchmarks.report import Section, met
from benchmarks.tool_search import sets

HIT_3 = 0.95
"""Share of questions whose tool should be among the first three."""


def sections(_: Effort) -> Iterator[Section]:
    """Measure everything here; the effort makes no difference, as nothing here varies."""
    for name in sets.ALL:
        figures = figures_of("benchmarks.tool_search.compared", name)
        rows = [{**row, "met": met(row["hit@3"], at_least=HIT_3)} for row in figures["rows"]]
        title = f"Tool search, {name}: {figures['tools']} tools, {figures['questions']} questions"
        yield Section(f"tool-search-{name}", title, rows, aim=f"hit@3 at least {HIT_3}")
