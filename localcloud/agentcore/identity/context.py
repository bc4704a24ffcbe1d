"""What the operations of AgentCore Identity work with."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from localcloud.agentcore.control.areas import Clock, NewId
from localcloud.agentcore.identity.consent import Consents
from localcloud.agentcore.identity.directory import Directory
from localcloud.agentcore.identity.resource_tokens import ResourceTokens
from localcloud.agentcore.identity.secret_source import SecretSource
from localcloud.agentcore.identity.store import IdentityStore
from localcloud.agentcore.identity.users import Users
from localcloud.agentcore.identity.workload_tokens import WorkloadTokens
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud


@dataclass(frozen=True)
class Context:
    """The collaborators of the operations."""

    store: IdentityStore
    directory: Directory
    cloud: Cloud
    clock: Clock
    new_id: NewId
    secrets: SecretSource
    users: Users
    workload_tokens: WorkloadTokens
    resource_tokens: ResourceTokens
    consents: Consents


type Handler = Callable[[Context, Caller, JsonObject], JsonObject | Awaitable[JsonObject]]
"""An operation with its collaborators before it: see `Operation`."""
