"""Saving the whole cloud at once, in one SQLite transaction, whenever nothing is half done.

AgentCore writes its tables through the same connection and never commits; MiniStack's services
keep their state in memory. A checkpoint adds theirs and commits. No checkpoint is taken while a
stack operation or a state machine runs, so a cloud that is killed in the middle of a deploy
comes back as it was before the deploy began: there is nothing to repair and nothing orphaned.
(docs/decisions/0004-checkpoints.md)
"""

import asyncio
import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

logger = logging.getLogger(__name__)

INTERVAL_S = 0.5
"""The longest a settled change stays unsaved."""
DUTY_FACTOR = 20
"""A checkpoint that took a second is followed by none for twenty: 5 % of the time at most. But
what a deploy or a deletion has come to is always saved at its end."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS engine_state (
    service TEXT PRIMARY KEY, digest TEXT NOT NULL, state TEXT NOT NULL
) STRICT
"""


class Engine(Protocol):
    """What is saved beside AgentCore's tables."""

    def busy(self) -> bool:
        """Tell whether something is half done."""
        ...

    def snapshot(self) -> dict[str, str]:
        """Return each service's state as JSON; RuntimeError if it changed meanwhile."""
        ...

    def restore(self, states: dict[str, str]) -> None:
        """Load what `snapshot` returned."""
        ...

    def forget_replaced(self) -> None:
        """Remove what no snapshot needs any more."""
        ...


def open_database(path: Path) -> sqlite3.Connection:
    """Open (or make) the cloud's database; a transaction is always open until `commit`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, autocommit=False, check_same_thread=False)
    connection.execute(SCHEMA)
    connection.commit()
    return connection


class Checkpoint:
    """Saves the cloud when it has changed and is settled."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        engine: Engine,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """Save `engine`'s state, and whatever else the connection's transaction holds."""
        self._connection = connection
        self._engine = engine
        self._clock_s = clock_s
        self._changed = asyncio.Event()
        rows = connection.execute("SELECT service, digest FROM engine_state").fetchall()
        self._digests: dict[str, str] = dict(rows)

    def load(self) -> None:
        """Give the engine back what the last checkpoint saved."""
        rows = self._connection.execute("SELECT service, state FROM engine_state").fetchall()
        self._engine.restore(dict(rows))

    def changed(self) -> None:
        """Note that the cloud may have changed."""
        self._changed.set()

    async def run(self) -> None:
        """Save after changes until cancelled."""
        while True:
            await self._changed.wait()
            while self._engine.busy():  # noqa: ASYNC110  # MiniStack tells nobody when it is done
                await asyncio.sleep(INTERVAL_S / 10)
            self._changed.clear()
            began_s = self._clock_s()
            if not self._save_or_log():
                self._changed.set()
            await self._rest(max(INTERVAL_S, DUTY_FACTOR * (self._clock_s() - began_s)))

    async def _rest(self, most_s: float) -> None:
        """Rest, but not beyond the end of what is under way: the next may begin at once."""
        until_s, was_busy = self._clock_s() + most_s, self._engine.busy()
        while self._clock_s() < until_s:
            await asyncio.sleep(INTERVAL_S / 10)
            busy = self._engine.busy()
            if was_busy and not busy:
                return
            was_busy = busy

    def _save_or_log(self) -> bool:
        try:
            return self.save()
        except Exception:  # the outermost layer: a full disk must not end all saving
            logger.exception("the cloud could not be saved; it will be tried again")
            return False

    def save(self) -> bool:
        """Save now, unless something is half done; tell whether the state was saved."""
        if self._engine.busy():
            return False
        try:
            states = self._engine.snapshot()
        except RuntimeError:  # a dictionary changed while it was copied: a worker is writing
            logger.debug("the cloud changed during a checkpoint")
            return False
        written = {
            service: digest
            for service, state in states.items()
            if (digest := self._put(service, state)) is not None
        }
        self._connection.commit()
        self._digests |= written
        self._engine.forget_replaced()
        return True

    def _put(self, service: str, state: str) -> str | None:
        """Write a service's state and return its digest, or None if it is saved already."""
        digest = hashlib.sha256(state.encode()).hexdigest()
        if self._digests.get(service) == digest:
            return None
        self._connection.execute(
            "INSERT OR REPLACE INTO engine_state VALUES (?, ?, ?)", (service, digest, state)
        )
        return digest
