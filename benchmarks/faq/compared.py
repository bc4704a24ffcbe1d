"""Measure every retriever with one set of questions; print the figures as JSON.

A program of its own, because it imports from `agent/`: `PYTHONPATH=agent:. python -m
benchmarks.faq.compared QUESTIONS`, which are `dev`, `tuning`, `holdout`, or a file like theirs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

from benchmarks.faq import quality, questions
from benchmarks.faq.retrievers import Bm25, Chunks, Ours, Retriever
from benchmarks.report import Row
from faq import csv_loader, index
from faq.build_index import LAUKI_CSV
from faq.entry import Entry
from minilm.embedding import Embedder

OURS = "this index"


def main(split: str) -> None:
    """Print what `figures` returns."""
    print(json.dumps(figures(questions.read(split))))


def figures(asked: Sequence[questions.Question]) -> Mapping[str, object]:
    """Return a row for each retriever, and what the policy does with our hits."""
    entries = csv_loader.load(LAUKI_CSV).entries
    found = {name: quality.ask(each, asked) for name, each in _retrievers(entries, Embedder())}
    policy = quality.answers(found[OURS])
    rows = [_row(name, one, policy.quoted) for name, one in found.items()]
    return {"questions": _counts(asked), "retrievers": rows, "policy": asdict(policy)}


def _retrievers(entries: Sequence[Entry], embedder: Embedder) -> Iterator[tuple[str, Retriever]]:
    bare = [replace(entry, search_as="") for entry in entries]
    yield OURS, Ours(index.build(entries, embedder), embedder)
    yield "plain design", Chunks(entries, embedder)
    yield "BM25", Bm25(entries)
    yield f"{OURS}, without search_as", Ours(index.build(bare, embedder), embedder)
    yield "plain design, without search_as", Chunks(bare, embedder)
    yield "BM25, without search_as", Bm25(bare)


def _row(name: str, found: Sequence[quality.Found], quoted: float) -> Row:
    known = quality.answerable(found)
    not_alike = [one for one in known if not one.question.alike]
    return {
        "retriever": name,
        "hit@1": quality.hit_at(known, 1),
        "hit@3": quality.hit_at(known, 3),
        "MRR": quality.mean_reciprocal_rank(known),
        "hit@1, not alike": quality.hit_at(not_alike, 1),
        "off-topic refused": quality.refused_at(found, quoted=quoted),
    }


def _counts(asked: Sequence[questions.Question]) -> Mapping[str, int]:
    return {
        "answerable": sum(1 for one in asked if one.gold),
        "not alike": sum(1 for one in asked if one.gold and not one.alike),
        "off-topic": sum(1 for one in asked if not one.gold),
    }


if __name__ == "__main__":
    main(sys.argv[1])
