"""Route every request of a set by every router; print the figures as JSON.

A program of its own, so that numpy computes in one thread: `PYTHONPATH=agent:. python -m
benchmarks.request_routing.compared SET`, which is `evaluation` or `holdout`.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.report import Row
from benchmarks.request_routing import quality, requests
from benchmarks.request_routing.routers import (
    AlwaysDefault,
    Keywords,
    NearestPhrase,
    Ours,
    Router,
)
from minilm.embedding import Embedder
from request_routing.classifier import AGENTS
from request_routing.offline import Shares

OURS = "this classifier"


def main(name: str) -> None:
    """Print what `figures` returns."""
    print(json.dumps(figures(requests.read(name))))


def figures(asked: Sequence[requests.Labelled]) -> Mapping[str, object]:
    """Return a row for each router, one for each kind of request, and how confidences come true."""
    embedder = Embedder()
    found = {name: quality.route(router, asked) for name, router in _routers(embedder)}
    return {
        "requests": len(asked),
        "routers": [_row(name, routed) for name, routed in found.items()],
        "kinds": list(_kinds(found)),
        "bands": list(_bands(Ours(embedder), asked)),
        "ms": _median_ms(Ours(Embedder()), asked),
    }


def _routers(embedder: Embedder) -> Iterator[tuple[str, Router]]:
    yield OURS, Ours(embedder)
    yield f"{OURS}, without words", Ours(embedder, Shares(words=0))
    yield f"{OURS}, without phrases", Ours(embedder, Shares(phrases=0))
    yield "nearest phrase", NearestPhrase(embedder)
    yield "keywords", Keywords()
    yield "always support", AlwaysDefault()


def _row(name: str, routed: Sequence[quality.Routed]) -> Row:
    of_teams = {f"of {team}": quality.recall(routed, team) for team in AGENTS}
    return {"router": name, "accuracy": quality.accuracy(routed), **of_teams}


def _kinds(found: Mapping[str, Sequence[quality.Routed]]) -> Iterator[Row]:
    for kind in requests.KINDS:
        of_kind = {
            name: [one for one in routed if one.request.kind == kind]
            for name, routed in found.items()
        }
        shares = {name: quality.accuracy(routed) for name, routed in of_kind.items()}
        if of_kind[OURS]:
            yield {"kind": kind, "requests": len(of_kind[OURS]), **shares}


def _bands(ours: Ours, asked: Sequence[requests.Labelled]) -> Iterator[Row]:
    choices = [(ours.choose(one.text), one.team) for one in asked]
    for place, (start, end) in enumerate(quality.BANDS):
        inside = [each for each in choices if quality.band(each[0].confidence) == place]
        if inside:
            yield {
                "confidence": f"{start:g} to {end:g}",
                "requests": len(inside),
                "mean confidence": statistics.mean(choice.confidence for choice, _ in inside),
                "right": statistics.mean(choice.agent == team for choice, team in inside),
            }


def _median_ms(ours: Ours, asked: Sequence[requests.Labelled]) -> float:
    ours.choose("Is it warm?")
    taken: list[float] = []
    for one in asked:
        start_s = time.perf_counter()
        ours.choose(one.text)
        taken.append((time.perf_counter() - start_s) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main(sys.argv[1])
