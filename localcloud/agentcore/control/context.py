"""What every operation works with."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from localcloud.agentcore.control.work import Work
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Caller, Cloud

type Clock = Callable[[], datetime]
type NewId = Callable[[], str]
type Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]


@dataclass(frozen=True)
class Context:
    """The collaborators of the operations.

    `clock` gives aware datetimes, `new_id` ten characters of [0-9a-z].
    """

    store: GatewayStore
    cloud: Cloud
    work: Work
    clock: Clock
    new_id: NewId


type Handler = Callable[[Context, Caller, JsonObject], JsonObject]
"""An operation: for whom, and the members of its input, valid by the model; its output's members.

It awaits nothing, so that what it reads is still true when it writes.
"""
