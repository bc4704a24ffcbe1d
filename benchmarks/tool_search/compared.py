"""Measure every retriever with one set of questions; print the figures as JSON.

A program of its own, so that numpy computes in one thread: `python -m
benchmarks.tool_search.compared SET`, which is `tuning`, `development` or `frozen`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.report import Row
from benchmarks.tool_search import quality, sets
from benchmarks.tool_search.retrievers import Bm25, Ours, PlainMiniLM, Retriever
from localcloud.agentcore.gateway.search.index import Shares
from localcloud.agentcore.gateway.search.model import tool_model
from minilm.embedding import Embedder

OURS = "this search"


def main(name: str) -> None:
    """Print what `figures` returns."""
    print(json.dumps(figures(sets.read(name))))


def figures(asked: sets.QuestionSet) -> Mapping[str, object]:
    """Return a row for each retriever and kind of question, and how many of what there are."""
    rows = [
        _row(name, kind, quality.ranks(retriever, asked, kind))
        for name, retriever in _retrievers(asked.tools, Embedder())
        for kind in sets.KINDS
    ]
    return {"tools": len(asked.tools), "questions": len(asked.questions), "rows": rows}


def _retrievers(
    tools: Sequence[sets.ListedTool], model: Embedder
) -> Iterator[tuple[str, Retriever]]:
    taught = tool_model(model)
    yield OURS, Ours(tools, taught)
    yield f"{OURS}, model untaught", Ours(tools, model)
    yield f"{OURS}, without tokens", Ours(tools, taught, Shares(tokens=0))
    yield "plain MiniLM", PlainMiniLM(tools, model)
    yield "BM25", Bm25(tools)


def _row(name: str, kind: str, found: Sequence[int | None]) -> Row:
    return {
        "asked by": kind,
        "retriever": name,
        "hit@1": quality.hit_at(found, 1),
        "hit@3": quality.hit_at(found, 3),
        "hit@10": quality.hit_at(found, quality.DEPTH),
        "MRR": quality.mean_reciprocal_rank(found),
    }


if __name__ == "__main__":
    main(sys.argv[1])
