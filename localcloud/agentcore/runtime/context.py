"""What the operations of AgentCore Runtime work with."""

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.agentcore.control.areas import Clock, NewId
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.runtime.work import RuntimeWork
from localcloud.cloud import Cloud


@dataclass(frozen=True)
class Context:
    """The collaborators of the operations."""

    store: RuntimeStore
    cloud: Cloud
    work: RuntimeWork
    clock: Clock
    new_id: NewId


type Handler = Callable[[Context, JsonObject], JsonObject]
"""An operation: the members of its input, valid by the model; its output's members."""
