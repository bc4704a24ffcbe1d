"""What extraction works on, and the seam for whoever extracts. Values and a protocol only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Protocol

from localcloud.agentcore.memory.records.model import Record
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
    """New turns of a session, and the last ones before them.

    `instructions` are what a custom strategy appends to the prompt of a model; empty if nothing.
    """

    actor_id: str
    session_id: str
    turns: tuple[Turn, ...]
    earlier: tuple[Turn, ...] = ()
    instructions: str = ""


@dataclass(frozen=True)
class Finding:
    """Something to be known. `text` is what a record says, `meaning` what it is found by.

    There is one record about a `slot` in its strategy and namespace: what is found later takes the
    place of what was. If it `merges`, so it does of a record that means the same; and of the record
    with the id `replaces`, whatever that says. `notes` are kept with the record.
    """

    text: str
    meaning: str
    slot: str | None = None
    merges: bool = True
    replaces: str | None = None
    notes: JsonObject = field(default_factory=dict)


class Known(Protocol):
    """What is known already, where findings go: in one namespace of one strategy."""

    def about(self, slot: str) -> Record | None:
        """Return the record that is about a slot, or None."""
        ...

    async def near(self, texts: Sequence[str]) -> Sequence[Record]:
        """Return the few records that are closest in meaning to any of some texts."""
        ...


class Extractor(Protocol):
    """Makes findings of turns. It may wait, for a language model for instance."""

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return what is to be known from now on.

        Raises:
            ExtractionFailed: it cannot be done now.
        """
        ...


class ExtractionFailed(Exception):
    """A job cannot be done. The message is its `failureReason`, and quotes nothing that was said.

    Its subclasses are NamespaceUnfilled (an event leaves a template unfilled), ModelFailed (a
    language model does not answer), and ReplyUnusable (its answer is none).
    """

    code: ClassVar[str] = "extraction-failed"


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
