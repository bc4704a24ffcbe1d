"""What the operations on gateways and targets work with."""

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.agentcore.control.areas import Clock, NewId
from localcloud.agentcore.control.work import Work
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Caller, Cloud


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
