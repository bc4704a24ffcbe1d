"""The document an execution hands from task to task: JSON, so typed dictionaries.

Members whose absence means something are `NotRequired`; Step Functions reads the others.
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


class TargetStatement(TypedDict):
    """A target as stated. `parameters` are those of CreateGatewayTarget, name included."""

    name: str
    revision: str | None
    parameters: JsonObject


class Statement(TypedDict):
    """A gateway as stated. `gateway` are the parameters of CreateGateway, name included."""

    gateway: JsonObject
    tags: dict[str, str]
    targets: list[TargetStatement]


class Request(TypedDict):
    """What is asked for. A Delete has no statement, and no name if nothing was ever made."""

    type: Literal["Create", "Update", "Delete"]
    name: str | None
    token: str
    owner: Owner
    waitSeconds: int
    desired: NotRequired[Statement]
    previous: NotRequired[Statement | None]


class TargetStep(TypedDict):
    """What to do with one target. `targetId` is None until it has been created."""

    name: str
    do: Literal["create", "update"]
    targetId: str | None


class Plan(TypedDict):
    """What this run is going to do, and what was there before it began.

    `knownTargetIds` are the targets there were; `staleTargetIds` those of them to remove.
    """

    gateway: Literal["create", "update", "keep"]
    tagsToSet: dict[str, str]
    tagsToRemove: list[str]
    targets: list[TargetStep]
    knownTargetIds: list[str]
    staleTargetIds: list[str]


class Removal(TypedDict):
    """What the removal loop is to make disappear, until when, and where to go from there.

    `targetIds` None means all of them. With `gateway` the gateway goes too, after its targets.
    """

    gatewayId: str | None
    targetIds: list[str] | None
    gateway: bool
    deadline: str
    then: Literal["answer", "create", "verify", "fail"]
    gone: bool


class TargetOutcome(TypedDict):
    """How one iteration over the targets ended. `failure` is a Step Functions error."""

    name: str
    failure: NotRequired[dict[str, str]]


class State(TypedDict):
    """The document itself. `next` is where the state machine's choices look."""

    request: Request
    next: NotRequired[str]
    plan: NotRequired[Plan]
    gateway: NotRequired[dict[str, str]]
    gatewayId: NotRequired[str | None]
    attempt: NotRequired[int]
    deadline: NotRequired[str]
    removal: NotRequired[Removal]
    targets: NotRequired[list[TargetOutcome]]
    result: NotRequired[dict[str, str]]


@dataclass(frozen=True)
class Task:
    """One call of the state machine: its document, one target if it is about one, and the time."""

    state: State
    now: datetime
    target: TargetStep | None = None

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
