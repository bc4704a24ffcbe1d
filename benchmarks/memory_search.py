"""How long a search of memory records takes, against FAISS alone and a database without an index.

Run as a program it measures and prints JSON: numpy must be imported with one thread, as the laptop
cloud does. The vectors are random, which makes no difference to any of the three.
"""

import json
import sqlite3
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any

from benchmarks.effort import Effort
from benchmarks.measure import interleaved
from benchmarks.processes import figures_of
from benchmarks.report import Row, Section, met

RECORDS = 10_000
TOP_K = 10
AIM_MS = 5.0

OURS = "ours: the records, from a namespace"
FAISS = "FAISS, flat index: their numbers, no namespaces"
BASELINE = "every vector read from SQLite for each search"


def sections(effort: Effort) -> Iterator[Section]:
    """Measure everything here."""
    medians_ms = figures_of("benchmarks.memory_search", str(effort.import_rounds))
    title = f"Search of {RECORDS} memory records for the {TOP_K} nearest"
    aim = f"ours within {AIM_MS:.0f} ms"
    yield Section("memory-search", title, rows_of(medians_ms), aim=aim)


def rows_of(medians_ms: Mapping[str, float]) -> list[Row]:
    """Return the table of what was measured."""
    ours = medians_ms[OURS]
    return [
        {
            "search": name,
            "ms": taken,
            "to ours": taken / ours,
            "met": met(taken, at_most=AIM_MS) if name == OURS else "",
        }
        for name, taken in medians_ms.items()
    ]


def _measure(rounds: int) -> Mapping[str, float]:
    import faiss  # noqa: PLC0415 - the program's own: `sections` needs none of these
    import numpy as np  # noqa: PLC0415

    from localcloud.agentcore.memory.records.model import Record  # noqa: PLC0415
    from localcloud.agentcore.memory.records.scope import Scope  # noqa: PLC0415
    from localcloud.agentcore.memory.records.store import RecordStore  # noqa: PLC0415
    from minilm.weights import WIDTH  # noqa: PLC0415

    vectors = np.random.default_rng(1).normal(size=(RECORDS, WIDTH)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    database = sqlite3.connect(":memory:")
    store, flat, now = RecordStore(database), faiss.IndexFlatIP(WIDTH), datetime.now(UTC)
    flat.add(vectors)
    for number, vector in enumerate(vectors):
        name = f"mem-{number:036}"
        store.put(Record(name, "Bench-1", f"fact {number}", now, now, "Facts-1", "/a/"), vector)
    query, scope = vectors[7] + vectors[8], Scope(namespace="/a/")

    def from_database() -> object:
        rows = database.execute("SELECT record_id, vector FROM agentcore_memory_records").fetchall()
        kept = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(-1, WIDTH)
        return [rows[place][0] for place in np.argsort(-(kept @ query))[:TOP_K]]

    searches: dict[str, Callable[[], object]] = {
        OURS: lambda: list(islice(store.nearest("Bench-1", query, scope), TOP_K)),
        FAISS: lambda: flat.search(query[None], TOP_K),
        BASELINE: from_database,
    }
    runs = {name: partial(_taken_ms, search) for name, search in searches.items()}
    measured = interleaved(runs, rounds=rounds * 10)
    database.close()
    return {name: statistics.median(taken) for name, taken in measured.items()}


def _taken_ms(search: Callable[[], Any]) -> float:
    before_s = time.perf_counter()
    search()
    return (time.perf_counter() - before_s) * 1000


if __name__ == "__main__":
    import sys

    print(json.dumps(_measure(int(sys.argv[1]))))
