"""The operations on memories.

Sources: botocore operations of these names; quotas page. A name that is taken is a
ValidationException that says `already exists`: bedrock_agentcore 1.24, `create_or_get_memory`,
goes by it. What else conflicts, and all wording, is ours (claim `memory.conflict`).
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.control.rules import check_tags
from localcloud.agentcore.errors import Conflict, QuotaExceeded, ValidationFailed
from localcloud.agentcore.memory.context import Context, find_memory
from localcloud.agentcore.memory.model import Memory, MemoryStatus
from localcloud.agentcore.memory.names import memory_arn
from localcloud.agentcore.memory.strategies import (
    changed_strategies,
    check_strategies,
    new_strategies,
    strategy_view,
)
from localcloud.agentcore.memory.work import TRANSITIONAL
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

MAX_MEMORIES: Final = 150
"""Memories an account may have in a region (quotas page)."""

MAX_INDEXED_KEYS: Final = 10
"""Of a memory (botocore `IndexedKeysList`)."""

MIN_EXPIRY_DAYS: Final = 7
"""Shortest life of events (botocore `UpdateMemoryInput`, documentation). Its shapes say 3 to 365;
what is taken here is taken by both."""

DEFAULT_PAGE_SIZE: Final = 10
"""Memories a page (botocore `ListMemoriesInput.maxResults`)."""

NOT_CONFIG: Final = frozenset(
    {"clientToken", "tags", "memoryId", "memoryStrategies", "addIndexedKeys"}
)


def create_memory(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Make a memory: it is CREATING until its role, if it has one, has been tried."""
    earlier = tokens.earlier_resource(context.store.tokens, "CreateMemory", members)
    if earlier and (memory := context.store.memory(earlier)):
        return {"memory": memory_view(context.cloud, memory)}
    check_tags(members.get("tags", {}))
    _check_expiry(members)
    now = context.clock()
    memory = Memory(
        memory_id=f"{members['name']}-{context.new_id()}",
        name=members["name"],
        config=_config(members),
        status=MemoryStatus.CREATING,
        created_at=now,
        updated_at=now,
        strategies=new_strategies(members.get("memoryStrategies", []), context.suffixes(), now),
        tags=members.get("tags", {}),
    )
    check_strategies(memory.strategies, memory.role_arn)
    _check_room(context, memory.name)
    tokens.remember(context.store.tokens, "CreateMemory", members, memory.memory_id)
    return _begin(context, memory)


def get_memory(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a memory. Nothing is encrypted here, so both views are one."""
    return {"memory": memory_view(context.cloud, find_memory(context, members))}


def list_memories(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of memories, oldest first."""
    asked = {**members, "maxResults": members.get("maxResults", DEFAULT_PAGE_SIZE)}
    memories, token = page(context.store.memories(), asked, scope="memories", key=_sort_key)
    summaries = [memory_summary(context.cloud, memory) for memory in memories]
    return {"memories": summaries, "nextToken": token}


def update_memory(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Change what is given of a memory; the rest stays as it is."""
    memory = find_memory(context, members)
    _check_settled(memory, "UpdateMemory")
    _check_expiry(members)
    now = context.clock()
    config = {**memory.config, **_config(members)}
    if "addIndexedKeys" in members:
        config["indexedKeys"] = _indexed_keys(memory, members)
    changes = members.get("memoryStrategies", {})
    changed = replace(
        memory,
        config=config,
        strategies=changed_strategies(memory.strategies, changes, context.suffixes(), now),
        status=MemoryStatus.UPDATING,
        updated_at=now,
    )
    check_strategies(changed.strategies, changed.role_arn)
    return _begin(context, changed)


def delete_memory(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Delete a memory and everything in it."""
    memory = find_memory(context, members)
    if memory.status is MemoryStatus.DELETING:
        raise Conflict(f"Memory {memory.memory_id} is being deleted")
    _begin(context, replace(memory, status=MemoryStatus.DELETING, updated_at=context.clock()))
    return {"memoryId": memory.memory_id, "status": MemoryStatus.DELETING.value}


def memory_view(cloud: Cloud, memory: Memory) -> JsonObject:
    """Return everything there is to say of a memory, except its tags."""
    return {
        **memory.config,
        "arn": memory_arn(cloud, memory.memory_id),
        "id": memory.memory_id,
        "name": memory.name,
        "status": memory.status.value,
        "failureReason": memory.failure_reason,
        "createdAt": memory.created_at,
        "updatedAt": memory.updated_at,
        "strategies": [strategy_view(strategy) for strategy in memory.strategies],
    }


def memory_summary(cloud: Cloud, memory: Memory) -> JsonObject:
    """Return what a list says of a memory: not its name."""
    return {
        "arn": memory_arn(cloud, memory.memory_id),
        "id": memory.memory_id,
        "status": memory.status.value,
        "createdAt": memory.created_at,
        "updatedAt": memory.updated_at,
    }


def _begin(context: Context, memory: Memory) -> JsonObject:
    context.store.put(memory)
    context.work.start(memory.memory_id)
    return {"memory": memory_view(context.cloud, memory)}


def _check_room(context: Context, name: str) -> None:
    memories = context.store.memories()
    if any(memory.name == name for memory in memories):
        raise ValidationFailed(f"Memory with name {name} already exists", reason="ResourceConflict")
    if len(memories) >= MAX_MEMORIES:
        raise QuotaExceeded(f"The account may have at most {MAX_MEMORIES} memories")


def _check_settled(memory: Memory, operation: str) -> None:
    if memory.status in TRANSITIONAL:
        raise Conflict(
            f"{operation} can't be performed on memory {memory.memory_id} when it is in "
            f"{memory.status.value} state"
        )


def _check_expiry(members: JsonObject) -> None:
    if members.get("eventExpiryDuration", MIN_EXPIRY_DAYS) < MIN_EXPIRY_DAYS:
        message = f"Member must have value greater than or equal to {MIN_EXPIRY_DAYS}"
        raise ValidationFailed.of_field("eventExpiryDuration", message)


def _indexed_keys(memory: Memory, members: JsonObject) -> list[JsonObject]:
    keys = [*memory.config.get("indexedKeys", []), *members["addIndexedKeys"]]
    if len({key["key"] for key in keys}) < len(keys):
        raise ValidationFailed.of_field("addIndexedKeys", "Indexed keys must be unique")
    if len(keys) > MAX_INDEXED_KEYS:
        raise QuotaExceeded(f"A memory may have at most {MAX_INDEXED_KEYS} indexed keys")
    return keys


def _config(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if name not in NOT_CONFIG}


def _sort_key(memory: Memory) -> str:
    return f"{memory.created_at.isoformat()} {memory.memory_id}"
