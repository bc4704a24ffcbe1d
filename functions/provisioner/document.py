"""The document an execution hands from task to task: JSON, so typed dictionaries.

A resource is a gateway, a memory or a runtime; its parts are a gateway's targets or a runtime's
endpoints. Members whose absence means something are `NotRequired`; Step Functions reads the others.
Instants are ISO 8601 strings in UTC, as the states machine's context has them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NotRequired, TypedDict

type JsonObject = dict[str, Any]


class Owner(TypedDict):
    """Which resource of which stack something belongs to."""

    stackId: str
    logicalId: str


class PartStatement(TypedDict):
    """A part as stated. `parameters` are those of the call that creates it, name included.

    A `revision` that changes makes the part be updated, whatever else has changed.
    """

    name: str
    revision: str | None
    parameters: JsonObject


class CodeStatement(TypedDict):
    """The code of a runtime as stated: the archive of a published version of a function."""

    functionVersionArn: str
    runtime: str
    entryPoint: list[str]


class Statement(TypedDict):
    """A resource as stated. `resource` are the parameters of its creation, name included.

    `code` and `logRetentionDays` are runtimes' own.
    """

    resource: JsonObject
    tags: dict[str, str]
    parts: list[PartStatement]
    code: NotRequired[CodeStatement]
    logRetentionDays: NotRequired[int]


class Request(TypedDict):
    """What is asked for. A Delete has no statement, and no name if nothing was ever made."""

    kind: str
    type: Literal["Create", "Update", "Delete"]
    name: str | None
    token: str
    owner: Owner
    waitSeconds: int
    desired: NotRequired[Statement]
    previous: NotRequired[Statement | None]


class PartStep(TypedDict):
    """What to do with one part. `partId` is None until it has been created."""

    name: str
    do: Literal["create", "update"]
    partId: str | None


class Plan(TypedDict):
    """What this run is going to do, and what was there before it began.

    `knownPartIds` are the parts there were; `stalePartIds` those of them to remove.
    """

    resource: Literal["create", "update", "keep"]
    tagsToSet: dict[str, str]
    tagsToRemove: list[str]
    parts: list[PartStep]
    knownPartIds: list[str]
    stalePartIds: list[str]


class Removal(TypedDict):
    """What the removal loop is to make disappear, until when, and where to go from there.

    `partIds` None means all of them. With `resource` the resource goes too, after its parts.
    """

    resourceId: str | None
    partIds: list[str] | None
    resource: bool
    deadline: str
    then: Literal["answer", "create", "verify", "fail"]
    gone: bool


class PartOutcome(TypedDict):
    """How one iteration over the parts ended. `failure` is a Step Functions error."""

    name: str
    failure: NotRequired[dict[str, str]]


class State(TypedDict):
    """The document itself. `next` is where the state machine's choices look."""

    request: Request
    next: NotRequired[str]
    plan: NotRequired[Plan]
    resourceId: NotRequired[str | None]
    attempt: NotRequired[int]
    deadline: NotRequired[str]
    removal: NotRequired[Removal]
    parts: NotRequired[list[PartOutcome]]
    result: NotRequired[dict[str, str]]


@dataclass(frozen=True)
class Task:
    """One call of the state machine: its document, one part if it is about one, and the time."""

    state: State
    now: datetime
    part: PartStep | None = None

    @property
    def request(self) -> Request:
        """Return what the execution was asked for."""
        return self.state["request"]

    @property
    def desired(self) -> Statement:
        """Return what should exist; there is such a statement in everything but a Delete."""
        return self.request["desired"]

    def deadline(self) -> str:
        """Return the end of a wait that begins now."""
        return (self.now + timedelta(seconds=self.request["waitSeconds"])).isoformat()

    def is_over(self, deadline: str) -> bool:
        """Tell whether a wait has come to its end."""
        return self.now >= datetime.fromisoformat(deadline)
