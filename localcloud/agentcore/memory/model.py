"""What AgentCore Memory keeps: memories with their strategies, and events. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from localcloud.agentcore.model import JsonObject

MAIN_BRANCH: Final = "main"
"""The branch of events that name none (Developer Guide, event branching)."""


class MemoryStatus(StrEnum):
    """States of memories, and of strategies but for UPDATING (botocore `MemoryStatus`)."""

    CREATING = "CREATING"
    ACTIVE = "ACTIVE"
    FAILED = "FAILED"
    DELETING = "DELETING"
    UPDATING = "UPDATING"


@dataclass(frozen=True)
class Strategy:
    """A strategy of a memory. `config` holds what is shown of it, in botocore's `MemoryStrategy`.

    `kind` is one of botocore's `MemoryStrategyType`, such as `SEMANTIC`.
    """

    strategy_id: str
    name: str
    kind: str
    config: JsonObject
    status: MemoryStatus
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Memory:
    """A memory. `config` holds members of CreateMemoryInput as sent, but for its strategies."""

    memory_id: str
    name: str
    config: JsonObject
    status: MemoryStatus
    created_at: datetime
    updated_at: datetime
    failure_reason: str | None = None
    strategies: tuple[Strategy, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def expiry(self) -> timedelta:
        """Return how long events are kept."""
        return timedelta(days=self.config["eventExpiryDuration"])

    @property
    def role_arn(self) -> str | None:
        """Return the role the memory works with, if it has one."""
        return self.config.get("memoryExecutionRoleArn")


@dataclass(frozen=True)
class Session:
    """A session of an actor. `key` is the store's own, and means nothing outside it."""

    key: int
    memory_id: str
    actor_id: str
    session_id: str
    created_at: datetime


@dataclass(frozen=True)
class Branch:
    """A branch of a session: it goes on from `root_event_id`, an event of `parent`."""

    name: str
    root_event_id: str | None = None
    parent: str | None = None


@dataclass(frozen=True)
class Event:
    """An event of a session. `payload` is None where it was not asked for."""

    event_id: str
    branch: Branch
    metadata: Mapping[str, str]
    payload: list[Any] | None

    @property
    def timestamp(self) -> datetime:
        """Return when it occurred: its id says so."""
        return instant(int(self.event_id.partition("#")[0]))


def instant(epoch_ms: int) -> datetime:
    """Return the instant that is so many milliseconds after the Unix epoch."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=epoch_ms)


def epoch_ms(moment: datetime) -> int:
    """Return the milliseconds from the Unix epoch to an aware instant, rounded down."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
