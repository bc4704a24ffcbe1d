import sqlite3
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.memory.extraction.namespaces import NamespaceUnfilled, filled
from localcloud.agentcore.memory.records.model import Record
from localcloud.agentcore.memory.records.scope import Scope, scope_of
from localcloud.agentcore.memory.records.store import RecordStore
from minilm.weights import WIDTH, Floats

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PARTS = ("", "a", "b", "ab", "a-", "a0")
namespaces = some.builds(
    lambda parts, start, end: start + "/".join(parts) + end,
    some.lists(some.sampled_from(PARTS), max_size=3),
    some.sampled_from(("", "/")),
    some.sampled_from(("", "/")),
)


def unit_vector() -> Floats:
    vector: Floats = np.zeros(WIDTH, dtype=np.float32)
    vector[0] = 1
    return vector


def record(record_id: str, namespace: str | None = "/a/", strategy_id: str | None = "s") -> Record:
    return Record(record_id, "Long-1", "text", NOW, NOW, strategy_id, namespace)


def ids(store: RecordStore, scope: Scope) -> list[str]:
    return [one.record_id for _, one in store.records("Long-1", scope)]


@settings(deadline=None)
@given(some.lists(some.one_of(some.none(), namespaces), max_size=8), namespaces)
def test_sql_and_vectors_mean_the_same_records(kept: list[str | None], path: str) -> None:
    database = sqlite3.connect(":memory:")
    store = RecordStore(database)
    for number, namespace in enumerate(kept):
        store.put(record(f"r-{number}", namespace), unit_vector())
    for scope in (Scope(path=path), Scope(namespace=path), Scope(path=path, strategy_id="other")):
        expected = [f"r-{n}" for n, one in enumerate(kept) if scope.covers(one, "s")]
        assert ids(store, scope) == expected
        near = store.nearest("Long-1", unit_vector(), scope)
        assert sorted(one.record_id for one, _ in near) == sorted(expected)
    database.close()


@pytest.mark.parametrize(
    "members", [{}, {"namespace": "a", "namespacePath": "a"}, {"namespacePath": "a/*"}]
)
def test_a_scope_needs_one_place_without_wildcards(members: dict[str, Any]) -> None:
    with pytest.raises(ValidationFailed):
        scope_of(members, None)


def test_an_index_serves_every_scope() -> None:
    database = sqlite3.connect(":memory:")
    asked: list[str] = []
    store = RecordStore(database)
    database.set_trace_callback(asked.append)
    for scope in (Scope("/a/"), Scope(path="/a"), Scope(path="/"), Scope("/a/", None, "s")):
        list(store.records("Long-1", scope))
    store.in_slot("Long-1", "s", "/a/", "home")
    store.record("Long-1", "r-1")
    database.set_trace_callback(None)
    assert len(asked) == 6
    for sql in asked:
        plan = database.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
        assert [step[3] for step in plan if step[3].startswith("SCAN")] == [], sql
    database.close()


def test_nothing_of_records_is_committed(tmp_path: Any) -> None:  # noqa: ANN401 - pytest's
    first = sqlite3.connect(tmp_path / "cloud.db", autocommit=False)
    RecordStore(first).put(record("r-1"), unit_vector())
    second = sqlite3.connect(tmp_path / "cloud.db")
    assert second.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    first.close()
    second.close()


def test_a_record_is_read_as_it_was_written() -> None:
    database = sqlite3.connect(":memory:")
    store = RecordStore(database)
    written = Record(
        "r-1",
        "Long-1",
        "text",
        NOW,
        NOW,
        "s",
        "/a/",
        {"shop": {"stringValue": "north"}},
        "home",
        {"intent": "ask"},
    )
    store.put(written, unit_vector())
    assert store.record("Long-1", "r-1") == written
    assert store.in_slot("Long-1", "s", "/a/", "home") == written
    assert store.in_slot("Long-1", "s", "/b/", "home") is None
    assert store.record("Other-1", "r-1") is None
    database.close()


def test_a_template_is_filled_with_every_variable_or_not_at_all() -> None:
    values = {"actorId": "ann", "sessionId": "{actorId}", "tenant": "acme"}
    assert filled("/{tenant}/{actorId}/{sessionId}/", values) == "/acme/ann/{actorId}/"
    assert filled("plain", {}) == "plain"
    with pytest.raises(NamespaceUnfilled, match="region"):
        filled("/{region}/", values)
