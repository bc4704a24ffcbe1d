"""Memories on their own: in-memory cloud and SQLite, reached with unmodified clients."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Self

from localcloud.agentcore.control.app import control_app
from localcloud.agentcore.control.areas import Spawn
from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.memory.area import MemoryArea
from localcloud.agentcore.memory.extraction.model import Extractor
from localcloud.agentcore.memory.stores import MemoryStores
from minilm.embedding import Embedder
from tests.support.asgi import LoopThread
from tests.support.control_plane import counted_ids
from tests.support.fake_cloud import ACCOUNT_ID, FakeCloud
from tests.support.planes import Client as Client
from tests.support.planes import Reached

ROLE_ARN = f"arn:aws:iam::{ACCOUNT_ID}:role/memory"
MEMORIES = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}:memory"
OCCURRED = datetime(2026, 1, 1, 12, tzinfo=UTC)


@cache
def embedder() -> Embedder:
    """Return the embedder of all tests: its weights are read once."""
    return Embedder()


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = OCCURRED

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now

    def pass_by(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time


@dataclass
class MemoryLaptop(Reached):
    """A control plane that has memories only, and everything around it."""

    loop: LoopThread
    cloud: FakeCloud = field(default_factory=FakeCloud)
    database: sqlite3.Connection = field(
        default_factory=lambda: sqlite3.connect(":memory:", check_same_thread=False)
    )
    clock: Clock = field(default_factory=Clock)
    spawn: Spawn = asyncio.create_task
    extractors: Mapping[str, Extractor] | None = None
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    def __post_init__(self) -> None:
        area = MemoryArea(
            MemoryStores.on(self.database),
            embedder(),
            self.cloud,
            self.clock,
            counted_ids().__next__,
            self.spawn,
            self.extractors,
            self.pause,
        )
        self.plane = ControlPlane(self.cloud, [area])
        self.app = control_app(self.plane, request_ids=lambda: "request-1")

    def restarted(self, spawn: Spawn = asyncio.create_task) -> Self:
        """Return another process on the same database: nothing in memory is kept."""
        return type(self)(self.loop, self.cloud, self.database, self.clock, spawn, self.extractors)

    def count(self, table: str) -> int:
        """Count the rows of a table, such as `events`."""
        query = f"SELECT count(*) FROM agentcore_memory_{table}"  # noqa: S608 - the test's own
        count: int = self.database.execute(query).fetchone()[0]
        return count


def said(text: str, role: str = "USER") -> dict[str, Any]:
    """Return one message as an item of a payload."""
    return {"conversational": {"role": role, "content": {"text": text}}}


@dataclass
class Chat:
    """One session of one actor in one memory, by the data plane's client."""

    client: Client
    memory_id: str
    actor_id: str = "ann"
    session_id: str = "monday"

    @property
    def names(self) -> dict[str, str]:
        """Return the members that name the session."""
        return {
            "memoryId": self.memory_id,
            "actorId": self.actor_id,
            "sessionId": self.session_id,
        }

    def write(self, *texts: str, at: datetime = OCCURRED, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Create an event of messages, and return it."""
        wanted = {"eventTimestamp": at, "payload": [said(text) for text in texts], **members}
        event: dict[str, Any] = self.client.create_event(**self.names, **wanted)["event"]
        return event

    def page(self, **members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """List events, and return the reply."""
        reply: dict[str, Any] = self.client.list_events(**self.names, **members)
        return reply

    def texts(self, **members: Any) -> list[str]:  # noqa: ANN401 - JSON
        """List events, and return what was said in them, in the order of the reply."""
        return [
            item["conversational"]["content"]["text"]
            for event in self.page(**members)["events"]
            for item in event["payload"]
        ]
