"""Events, their sessions and branches in SQLite.

An `EventStore` owns its tables on a connection it is given, and never commits. An id sorts as the
instant it begins with, so one index serves a session's events newest first, from any of them on.
What is large, the payload, stands last in its row: listing without payloads does not read it.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from localcloud.agentcore.memory.model import (
    MAIN_BRANCH,
    Branch,
    Event,
    Session,
    epoch_ms,
    instant,
)
from localcloud.agentcore.memory.queries import EventQuery, clauses_of

TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS agentcore_memory_sessions (
        session_key INTEGER PRIMARY KEY, memory_id TEXT NOT NULL, actor_id TEXT NOT NULL,
        session_id TEXT NOT NULL, created_ms INTEGER NOT NULL, emptied_ms INTEGER,
        UNIQUE (memory_id, actor_id, session_id))""",
    """CREATE TABLE IF NOT EXISTS agentcore_memory_branches (
        session_key INTEGER NOT NULL, name TEXT NOT NULL, root_event_id TEXT NOT NULL,
        parent TEXT NOT NULL, PRIMARY KEY (session_key, name)) WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS agentcore_memory_events (
        event_key INTEGER PRIMARY KEY, session_key INTEGER NOT NULL, event_id TEXT NOT NULL,
        memory_id TEXT NOT NULL, arrived_ms INTEGER NOT NULL, token TEXT,
        fingerprint TEXT NOT NULL, branch TEXT NOT NULL, metadata TEXT NOT NULL,
        payload TEXT NOT NULL, UNIQUE (session_key, event_id))""",
    """CREATE INDEX IF NOT EXISTS agentcore_memory_arrivals
        ON agentcore_memory_events (memory_id, arrived_ms)""",
    """CREATE UNIQUE INDEX IF NOT EXISTS agentcore_memory_tokens
        ON agentcore_memory_events (memory_id, token) WHERE token IS NOT NULL""",
    """CREATE INDEX IF NOT EXISTS agentcore_memory_emptied
        ON agentcore_memory_sessions (memory_id, emptied_ms) WHERE emptied_ms IS NOT NULL""",
)
"""`arrived_ms` is when an event was written, which may not be when it occurred; `emptied_ms` is
when a session lost its last event."""


@dataclass(frozen=True)
class NewEvent:
    """An event to be written, and the client token it was sent with."""

    event: Event
    arrived_at: datetime
    token: str | None
    fingerprint: str


class EventStore:
    """The events of all memories."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create what tables it lacks."""
        self._db = connection
        for table in TABLES:
            self._db.execute(table)

    def session(self, memory_id: str, actor_id: str, session_id: str) -> Session | None:
        """Return an actor's session, or None."""
        row = self._db.execute(
            "SELECT session_key, created_ms FROM agentcore_memory_sessions"
            " WHERE memory_id = ? AND actor_id = ? AND session_id = ?",
            (memory_id, actor_id, session_id),
        ).fetchone()
        if row is None:
            return None
        return Session(row[0], memory_id, actor_id, session_id, instant(row[1]))

    def open_session(
        self, memory_id: str, actor_id: str, session_id: str, now: datetime
    ) -> Session:
        """Return an actor's session, made if it is not there."""
        self._db.execute(
            "INSERT INTO agentcore_memory_sessions (memory_id, actor_id, session_id, created_ms)"
            " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET emptied_ms = NULL"
            " WHERE emptied_ms IS NOT NULL",
            (memory_id, actor_id, session_id, epoch_ms(now)),
        )
        session = self.session(memory_id, actor_id, session_id)
        if session is None:
            raise LookupError(f"session {session_id} was not written")
        return session

    def last_id(self, session: Session, prefix: str) -> str | None:
        """Return the newest event id of a session that begins with `prefix`, which ends in #."""
        row = self._db.execute(
            "SELECT max(event_id) FROM agentcore_memory_events"
            " WHERE session_key = ? AND event_id >= ? AND event_id < ?",
            (session.key, prefix, f"{prefix[:-1]}$"),  # $ comes after # in ASCII
        ).fetchone()
        return None if row[0] is None else str(row[0])

    def add(self, session: Session, new: NewEvent) -> None:
        """Write an event whose id the session does not have, and its branch if it is new."""
        event = new.event
        self._db.execute(
            "INSERT INTO agentcore_memory_events (session_key, event_id, memory_id, arrived_ms,"
            " token, fingerprint, branch, metadata, payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                session.key,
                event.event_id,
                session.memory_id,
                epoch_ms(new.arrived_at),
                new.token,
                new.fingerprint,
                event.branch.name,
                json.dumps(dict(event.metadata)),
                json.dumps(event.payload),
            ),
        )
        if event.branch.name != MAIN_BRANCH:
            self._db.execute(
                "INSERT OR IGNORE INTO agentcore_memory_branches VALUES (?, ?, ?, ?)",
                (session.key, event.branch.name, event.branch.root_event_id, event.branch.parent),
            )

    def sent(self, memory_id: str, token: str) -> tuple[str, Session, Event] | None:
        """Return what a client token made: fingerprint of the request, session and event."""
        row = self._db.execute(
            "SELECT fingerprint, actor_id, session_id, event_id"
            " FROM agentcore_memory_events JOIN agentcore_memory_sessions USING (session_key)"
            " WHERE agentcore_memory_events.memory_id = ? AND token = ?",
            (memory_id, token),
        ).fetchone()
        session = None if row is None else self.session(memory_id, row[1], row[2])
        event = None if session is None else self.event(session, row[3])
        return None if session is None or event is None else (row[0], session, event)

    def event(self, session: Session, event_id: str) -> Event | None:
        """Return an event of a session, or None."""
        row = self._db.execute(
            "SELECT event_id, branch, metadata, payload FROM agentcore_memory_events"
            " WHERE session_key = ? AND event_id = ?",
            (session.key, event_id),
        ).fetchone()
        return None if row is None else _event(row, self.branches(session))

    def events(self, session: Session, query: EventQuery) -> list[Event]:
        """Return events of a session, newest first."""
        clauses, values = clauses_of(query)
        payload = "payload" if query.payloads else "NULL"
        rows = self._db.execute(
            f"SELECT event_id, branch, metadata, {payload} FROM agentcore_memory_events"  # noqa: S608 - our own clauses, values apart
            f" WHERE {' AND '.join(('session_key = ?', *clauses))}"
            " ORDER BY event_id DESC LIMIT ?",
            (session.key, *values, query.limit),
        ).fetchall()
        branches = self.branches(session)
        return [_event(row, branches) for row in rows]

    def branches(self, session: Session) -> dict[str, Branch]:
        """Return the branches of a session but the main one, by name."""
        rows = self._db.execute(
            "SELECT name, root_event_id, parent FROM agentcore_memory_branches"
            " WHERE session_key = ?",
            (session.key,),
        )
        return {row[0]: Branch(*row) for row in rows}

    def delete(self, session: Session, event_id: str, now: datetime) -> None:
        """Remove an event."""
        self._db.execute(
            "DELETE FROM agentcore_memory_events WHERE session_key = ? AND event_id = ?",
            (session.key, event_id),
        )
        self._note_emptied(session.memory_id, now, "AND session_key = ?", session.key)

    def sessions(
        self, memory_id: str, actor_id: str, *, after: str, limit: int, empty: bool
    ) -> list[Session]:
        """Return sessions of an actor by id, those without events only if `empty` is set."""
        which = "" if empty else " AND emptied_ms IS NULL"
        rows = self._db.execute(
            "SELECT session_key, session_id, created_ms FROM agentcore_memory_sessions"  # noqa: S608 - our own clause
            f" WHERE memory_id = ? AND actor_id = ? AND session_id > ?{which}"
            " ORDER BY session_id LIMIT ?",
            (memory_id, actor_id, after, limit),
        )
        return [Session(key, memory_id, actor_id, name, instant(ms)) for key, name, ms in rows]

    def actors(self, memory_id: str, *, after: str, limit: int) -> list[str]:
        """Return the actors that have sessions, by id."""
        rows = self._db.execute(
            "SELECT DISTINCT actor_id FROM agentcore_memory_sessions"
            " WHERE memory_id = ? AND actor_id > ? ORDER BY actor_id LIMIT ?",
            (memory_id, after, limit),
        )
        return [row[0] for row in rows]

    def expire(self, memory_id: str, *, before: datetime, now: datetime) -> None:
        """Remove the events of a memory that were written before an instant."""
        due = (memory_id, epoch_ms(before))
        which = "FROM agentcore_memory_events WHERE memory_id = ? AND arrived_ms < ?"
        if self._db.execute(f"SELECT 1 {which} LIMIT 1", due).fetchone():
            self._db.execute(f"DELETE {which}", due)
            self._note_emptied(memory_id, now)

    def drop_empty(self, memory_id: str, *, before: datetime) -> None:
        """Remove the sessions of a memory that lost their last event before an instant."""
        self._drop_sessions("memory_id = ? AND emptied_ms < ?", memory_id, epoch_ms(before))

    def forget(self, memory_id: str) -> None:
        """Remove everything in a memory."""
        self._db.execute("DELETE FROM agentcore_memory_events WHERE memory_id = ?", (memory_id,))
        self._drop_sessions("memory_id = ?", memory_id)

    def _drop_sessions(self, which: str, *values: str | int) -> None:
        sessions = f"FROM agentcore_memory_sessions WHERE {which}"
        if not self._db.execute(f"SELECT 1 {sessions} LIMIT 1", values).fetchone():
            return
        self._db.execute(
            "DELETE FROM agentcore_memory_branches"  # noqa: S608 - our own clause
            f" WHERE session_key IN (SELECT session_key {sessions})",
            values,
        )
        self._db.execute(f"DELETE {sessions}", values)

    def _note_emptied(self, memory_id: str, now: datetime, which: str = "", *values: int) -> None:
        self._db.execute(
            "UPDATE agentcore_memory_sessions SET emptied_ms = ?"  # noqa: S608 - our own clause
            f" WHERE memory_id = ? AND emptied_ms IS NULL {which} AND NOT EXISTS"
            " (SELECT 1 FROM agentcore_memory_events WHERE agentcore_memory_events.session_key ="
            " agentcore_memory_sessions.session_key)",
            (epoch_ms(now), memory_id, *values),
        )


def _event(row: Iterable[Any], branches: dict[str, Branch]) -> Event:
    event_id, branch, metadata, payload = row
    return Event(
        event_id=event_id,
        branch=branches.get(branch) or Branch(branch),
        metadata=json.loads(metadata),
        payload=None if payload is None else json.loads(payload),
    )
