import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localcloud.agentcore.memory.event_store import EventStore, NewEvent
from localcloud.agentcore.memory.model import Branch, Event, Session, epoch_ms, instant
from localcloud.agentcore.memory.queries import EventQuery

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Watched(sqlite3.Connection):
    """A connection that keeps what is executed."""

    statements: list[tuple[str, Any]]

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:  # noqa: ANN401 - as typeshed has it
        self.statements.append((sql, parameters))
        return super().execute(sql, parameters)


@pytest.fixture
def database() -> Watched:
    Watched.statements = []
    return sqlite3.connect(":memory:", factory=Watched)


@pytest.fixture
def store(database: Watched) -> EventStore:
    return EventStore(database)


def written(store: EventStore, session: Session, event_id: str, token: str | None = None) -> Event:
    event = Event(event_id, Branch("main"), {}, [{"blob": event_id}])
    store.add(session, NewEvent(event, NOW, token, "fingerprint"))
    return event


def test_what_is_done_for_every_request_reads_no_table_whole(
    database: Watched, store: EventStore
) -> None:
    database.statements.clear()
    session = store.open_session("Faq-1", "ann", "monday", NOW)
    assert store.last_id(session, "0000000000000000001#") is None
    written(store, session, "0000000000000000001#00000001", "token")
    store.sent("Faq-1", "token")
    store.events(session, EventQuery(limit=1, before="0000000000000000009#00000000"))
    store.expire("Faq-1", before=NOW, now=NOW)
    store.drop_empty("Faq-1", before=NOW)
    done = list(database.statements)
    assert len(done) > 8
    for sql, parameters in done:
        plan = database.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()
        assert [step[3] for step in plan if step[3].startswith("SCAN")] == [], sql


def test_the_last_id_of_a_millisecond_is_no_other_milliseconds(store: EventStore) -> None:
    session = store.open_session("Faq-1", "ann", "monday", NOW)
    for event_id in ("0000000000000000011#00000001", "0000000000000000012#00000001"):
        written(store, session, event_id)
    assert store.last_id(session, "0000000000000000011#") == "0000000000000000011#00000001"
    assert store.last_id(session, "0000000000000000001#") is None


def test_nothing_is_committed(tmp_path: Any) -> None:  # noqa: ANN401 - pytest's
    path = tmp_path / "cloud.db"
    first = sqlite3.connect(path, autocommit=False)
    store = EventStore(first)
    written(store, store.open_session("Faq-1", "ann", "monday", NOW), "1#1")
    second = sqlite3.connect(path)
    assert second.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    first.close()
    second.close()


@pytest.mark.parametrize("milliseconds", [0, 1, 1_767_225_600_123, 253_402_300_799_999])
def test_instants_are_exact_to_the_millisecond(milliseconds: int) -> None:
    assert epoch_ms(instant(milliseconds)) == milliseconds
    assert epoch_ms(instant(milliseconds) + timedelta(microseconds=999)) == milliseconds
