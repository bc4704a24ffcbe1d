"""How well a retriever finds the tool that is needed."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from benchmarks.tool_search.retrievers import Retriever
from benchmarks.tool_search.sets import QuestionSet

DEPTH = 10
"""How far down is looked, as a search answers no more; beyond, a rank counts nothing."""


def ranks(retriever: Retriever, asked: QuestionSet, kind: str) -> list[int | None]:
    """Return for each question of a kind the place of the right tool, from 1."""
    names = [tool.name for tool in asked.tools]
    return [
        _rank([names[place] for place in retriever.search(question.query, DEPTH)], question.tool)
        for question in asked.questions
        if question.kind == kind
    ]


def hit_at(found: Sequence[int | None], k: int) -> float:
    """Return the share of questions whose tool is among the first `k`."""
    return statistics.mean(rank is not None and rank <= k for rank in found)


def mean_reciprocal_rank(found: Sequence[int | None]) -> float:
    """Return the mean of 1/rank, 0 for what is not found."""
    return statistics.mean(1 / rank if rank else 0 for rank in found)


def _rank(names: Sequence[str], tool: str) -> int | None:
    return names.index(tool) + 1 if tool in names else None
