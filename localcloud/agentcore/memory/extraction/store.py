"""Extraction jobs in SQLite: what is not extracted yet, and what has failed. It never commits."""

import dataclasses
import json
import sqlite3
from datetime import datetime
from typing import Any, Final

from localcloud.agentcore.memory.extraction.model import Job, Status, Turn
from localcloud.agentcore.memory.model import epoch_ms, instant

TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS agentcore_memory_jobs (
        job_key INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT NOT NULL UNIQUE,
        memory_id TEXT NOT NULL, strategy_id TEXT NOT NULL, actor_id TEXT NOT NULL,
        session_id TEXT NOT NULL, event_id TEXT, status TEXT NOT NULL, failure_reason TEXT,
        arrived_ms INTEGER NOT NULL, value TEXT NOT NULL)""",
    """CREATE INDEX IF NOT EXISTS agentcore_memory_job_statuses
        ON agentcore_memory_jobs (memory_id, status)""",
)
COLUMNS: Final = (
    "job_id, memory_id, strategy_id, actor_id, session_id, event_id, status, failure_reason,"
    " arrived_ms, value"
)


class JobStore:
    """The jobs of all memories that are not done."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection and create what tables it lacks."""
        self._db = connection
        for table in TABLES:
            self._db.execute(table)

    def job(self, memory_id: str, job_id: str) -> Job | None:
        """Return a job that is not done, or None."""
        row = self._db.execute(
            f"SELECT {COLUMNS} FROM agentcore_memory_jobs WHERE memory_id = ? AND job_id = ?",  # noqa: S608 - our own columns
            (memory_id, job_id),
        ).fetchone()
        return None if row is None else _job(row)

    def next(self, memory_id: str) -> Job | None:
        """Return the oldest job of a memory that waits, or None."""
        row = self._db.execute(
            f"SELECT {COLUMNS} FROM agentcore_memory_jobs"  # noqa: S608 - our own columns
            " WHERE memory_id = ? AND status = ? ORDER BY job_key LIMIT 1",
            (memory_id, Status.PENDING.value),
        ).fetchone()
        return None if row is None else _job(row)

    def failed(self, memory_id: str) -> list[Job]:
        """Return the failed jobs of a memory, oldest first."""
        rows = self._db.execute(
            f"SELECT {COLUMNS} FROM agentcore_memory_jobs"  # noqa: S608 - our own columns
            " WHERE memory_id = ? AND status = ? ORDER BY job_key",
            (memory_id, Status.FAILED.value),
        )
        return [_job(row) for row in rows]

    def put(self, job: Job) -> None:
        """Add a job, or change the status of one."""
        value = {
            "turns": [dataclasses.asdict(turn) for turn in job.turns],
            "variables": dict(job.variables),
            "metadata": dict(job.metadata),
        }
        self._db.execute(
            f"INSERT INTO agentcore_memory_jobs ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own columns
            " ON CONFLICT (job_id) DO UPDATE SET status = excluded.status,"
            " failure_reason = excluded.failure_reason",
            (
                job.job_id,
                job.memory_id,
                job.strategy_id,
                job.actor_id,
                job.session_id,
                job.event_id,
                job.status.value,
                job.failure_reason,
                epoch_ms(job.arrived_at),
                json.dumps(value),
            ),
        )

    def done(self, job: Job) -> None:
        """Forget a job."""
        self._db.execute("DELETE FROM agentcore_memory_jobs WHERE job_id = ?", (job.job_id,))

    def forget_event(self, memory_id: str, actor_id: str, session_id: str, event_id: str) -> None:
        """Forget what was to be made of an event."""
        self._db.execute(
            "DELETE FROM agentcore_memory_jobs"
            " WHERE memory_id = ? AND actor_id = ? AND session_id = ? AND event_id = ?",
            (memory_id, actor_id, session_id, event_id),
        )

    def forget_strategy(self, memory_id: str, strategy_id: str) -> None:
        """Forget the jobs of a strategy."""
        self._db.execute(
            "DELETE FROM agentcore_memory_jobs WHERE memory_id = ? AND strategy_id = ?",
            (memory_id, strategy_id),
        )

    def expire(self, memory_id: str, *, before: datetime) -> None:
        """Forget the jobs of a memory whose turns arrived before an instant."""
        self._db.execute(
            "DELETE FROM agentcore_memory_jobs WHERE memory_id = ? AND arrived_ms < ?",
            (memory_id, epoch_ms(before)),
        )

    def forget(self, memory_id: str) -> None:
        """Forget the jobs of a memory."""
        self._db.execute("DELETE FROM agentcore_memory_jobs WHERE memory_id = ?", (memory_id,))


def _job(row: tuple[Any, ...]) -> Job:
    job_id, memory_id, strategy_id, actor_id, session_id, event_id, *rest = row
    status, reason, arrived_ms, written = rest
    value = json.loads(written)
    return Job(
        job_id=job_id,
        memory_id=memory_id,
        strategy_id=strategy_id,
        actor_id=actor_id,
        session_id=session_id,
        event_id=event_id,
        turns=tuple(Turn(**turn) for turn in value["turns"]),
        variables=value["variables"],
        metadata=value["metadata"],
        arrived_at=instant(arrived_ms),
        status=Status(status),
        failure_reason=reason,
    )
