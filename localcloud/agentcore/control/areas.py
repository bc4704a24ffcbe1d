"""What plugs into the control plane: the operations on one kind of resource, and who may do them.

Gateways with their targets are one area. An area has its own store and its own rules of access;
operations of the data plane that read one request and write one reply plug in the same way.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller

type Clock = Callable[[], datetime]
"""Gives aware datetimes."""

type NewId = Callable[[], str]
"""Gives ten characters of [0-9a-z]."""

type Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
"""Starts what goes on behind a 202."""

type Operation = Callable[[Caller, JsonObject], JsonObject | Awaitable[JsonObject]]
"""For whom, and the members of the input, valid by the model; it returns its output's members.

Best it awaits nothing between what it reads and what it writes.
"""


@dataclass(frozen=True)
class Question:
    """One thing the caller's policies must allow. `context` holds condition keys."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


class Operations(Protocol):
    """Operations that belong together. No two have one name in either service of AgentCore."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the operations by the names the service models give them."""
        ...

    def questions(self, caller: Caller, operation: str, members: JsonObject) -> Iterable[Question]:
        """Return what to ask of the caller's policies. Members may break the model.

        Raises:
            AccessRefused: no policy need be asked.
        """
        ...


class Area(Operations, Protocol):
    """Operations on resources that have tags and that change behind a 202."""

    def tags(self, arn: str) -> Mapping[str, str] | None:
        """Return a resource's tags, or None if no resource of this area has this ARN."""
        ...

    def put_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Give a resource that is there these tags instead of those it has."""
        ...

    def resume(self) -> None:
        """Take up what another process has left half done."""
        ...

    async def settle(self) -> None:
        """Wait until nothing goes on in the background."""
        ...
