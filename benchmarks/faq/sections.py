"""The tables about the FAQ agent's knowledge: quality beside others, policy, start."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from benchmarks.effort import Effort
from benchmarks.faq.questions import SPLITS
from benchmarks.measure import interleaved
from benchmarks.processes import figures_of
from benchmarks.report import Row, Section, met

HIT_1, HIT_3, REFUSED = 0.75, 0.90, 0.95
WARM_UPS = 1


def sections(effort: Effort) -> Iterator[Section]:
    """Measure everything here."""
    for split in SPLITS:
        yield from _quality(split, figures_of("benchmarks.faq.compared", split))
    yield _start(effort)


def _quality(split: str, figures: Mapping[str, Any]) -> Iterator[Section]:
    counts = ", ".join(f"{count} {name}" for name, count in figures["questions"].items())
    ours = figures["retrievers"][0]
    rows = [{**row, "hit@1 to ours": row["hit@1"] / ours["hit@1"]} for row in figures["retrievers"]]
    aim = f"hit@1 at least {HIT_1}, hit@3 at least {HIT_3}"
    yield Section(f"faq-{split}", f"FAQ search, {split} questions: {counts}", rows, aim=aim)
    aim = f"off-topic refused at least {REFUSED}"
    yield Section(f"faq-{split}-aims", f"FAQ answers, {split}", _aims(ours, figures), aim=aim)


def _aims(ours: Mapping[str, float], figures: Mapping[str, Any]) -> list[Row]:
    policy = figures["policy"]
    aims = [
        ("right entry first", ours["hit@1"], HIT_1),
        ("right entry among three", ours["hit@3"], HIT_3),
        ("off-topic: refused", policy["refused"], REFUSED),
        ("off-topic: refused, and nothing named as nearest", policy["left_alone"], None),
        ("answerable: quoted", policy["quoted"], None),
        ("answerable: of those quoted, right", policy["quoted_right"], None),
        ("answerable: right entry quoted or among the nearest named", policy["shown"], None),
    ]
    return [
        {"share of questions": name, "found": found, "met": met(found, at_least=aim) if aim else ""}
        for name, found, aim in aims
    ]


def _start(effort: Effort) -> Section:
    run = {"faq": partial(figures_of, "benchmarks.faq.cold")}
    interleaved(run, rounds=WARM_UPS)
    rounds = interleaved(run, rounds=effort.import_rounds)["faq"]
    row = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    return Section("faq-start", "FAQ search: a fresh process up to its first answer", [row])
