"""What the operations on engines, policies and generations work with."""

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.agentcore.control.areas import Clock, NewId
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.errors import Conflict, ResourceNotFound
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.policy.checks import Gateways
from localcloud.agentcore.policy.model import (
    TRANSITIONAL,
    Engine,
    EnginePolicy,
    Generation,
    PolicyStatus,
)
from localcloud.agentcore.policy.store import PolicyStore
from localcloud.agentcore.policy.work import Work
from localcloud.cloud import Caller, Cloud


@dataclass(frozen=True)
class Context:
    """The collaborators of the operations. `gateways` is what the control plane knows of them."""

    store: PolicyStore
    gateways: Gateways
    cloud: Cloud
    work: Work
    clock: Clock
    new_id: NewId


type Handler = Callable[[Context, Caller, JsonObject], JsonObject]
"""An operation with its collaborators before it: see `Operation`."""


def find_engine(context: Context, members: JsonObject) -> Engine:
    """Return the engine that `policyEngineId` names.

    Raises:
        ResourceNotFound: there is none.
    """
    named = members["policyEngineId"]
    engine = context.store.engines.get(named)
    if engine is None:
        raise ResourceNotFound(f"Policy engine not found: {named}")
    return engine


def settled_engine(context: Context, members: JsonObject, operation: str) -> Engine:
    """Return the engine that `policyEngineId` names, in which something is to be changed.

    Raises:
        Conflict: it is being made, changed or deleted itself.
        ResourceNotFound: there is none.
    """
    engine = find_engine(context, members)
    expect_settled(operation, f"policy engine {engine.engine_id}", engine.status)
    return engine


def find_policy(context: Context, members: JsonObject) -> EnginePolicy:
    """Return the policy that `policyId` names in the engine that `policyEngineId` names.

    Raises:
        ResourceNotFound: there is none.
    """
    engine, named = find_engine(context, members), members["policyId"]
    policy = context.store.policy(named)
    if policy is None or policy.engine_id != engine.engine_id:
        raise ResourceNotFound(f"Policy not found: {named}")
    return policy


def find_generation(context: Context, members: JsonObject) -> Generation:
    """Return the generation that `policyGenerationId` names in an engine.

    Raises:
        ResourceNotFound: there is none.
    """
    engine, named = find_engine(context, members), members["policyGenerationId"]
    generation = context.store.generations.get(named)
    if generation is None or generation.engine_id != engine.engine_id:
        raise ResourceNotFound(f"Policy generation not found: {named}")
    return generation


def expect_settled(operation: str, label: str, status: PolicyStatus) -> None:
    """Refuse to change what is being changed.

    Raises:
        Conflict: something goes on behind the status.
    """
    if status in TRANSITIONAL:
        raise Conflict(f"{operation} can't be performed on {label} when it is in {status} state")


def listed[T: (Engine, EnginePolicy, Generation)](
    items: tuple[T, ...], members: JsonObject, scope: str
) -> tuple[list[T], str | None]:
    """Return a page of what an account or an engine has, oldest first, and the next token."""
    return page(items, members, scope=scope, key=_sort_key)


def _sort_key(item: Engine | EnginePolicy | Generation) -> str:
    match item:
        case Engine():
            id_ = item.engine_id
        case EnginePolicy():
            id_ = item.policy_id
        case Generation():
            id_ = item.generation_id
    return f"{item.created_at.isoformat()} {id_}"
