"""What extraction works on, and the seam for whoever extracts. Values and a protocol only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from localcloud.agentcore.model import JsonObject

ROLES = ("USER", "ASSISTANT")
"""Whose turns are extracted (Developer Guide, memory strategies)."""


@dataclass(frozen=True)
class Turn:
    """What one side said. `index` is its place in the payload of its event."""

    role: str
    text: str
    index: int = 0


@dataclass(frozen=True)
class Heard:
    """New turns of a session, and the last ones before them."""

    actor_id: str
    session_id: str
    turns: tuple[Turn, ...]
    earlier: tuple[Turn, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something to be known. `text` is what a record says, `meaning` what it is found by.

    There is one record about a `slot` in its strategy and namespace: what is found later takes the
    place of what was. If it `merges`, so it does of a record that means the same. `notes` are given
    back to `Extractor.revise`.
    """

    text: str
    meaning: str
    slot: str | None = None
    merges: bool = True
    notes: JsonObject = field(default_factory=dict)


class Extractor(Protocol):
    """Makes findings of turns. One that asks a language model fits as well: it may wait."""

    async def extract(self, heard: Heard) -> Sequence[Finding]:
        """Return what is to be known of new turns. It may raise; then the job has failed."""
        ...

    def revise(self, known: JsonObject, found: Finding) -> Finding:
        """Return what the record of a slot says from now on; `known` are its notes."""
        ...


class Status(StrEnum):
    """States of a job; only failed ones are ever shown (botocore `ExtractionJobStatus`)."""

    PENDING = "PENDING"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Job:
    """The turns of one event that one strategy has not extracted yet.

    `event_id` is None for what was ingested and is no event. `variables` fill the templates of
    namespaces, `metadata` is the event's.
    """

    job_id: str
    memory_id: str
    strategy_id: str
    actor_id: str
    session_id: str
    event_id: str | None
    turns: tuple[Turn, ...]
    variables: Mapping[str, str]
    metadata: Mapping[str, str]
    arrived_at: datetime
    status: Status = Status.PENDING
    failure_reason: str | None = None
