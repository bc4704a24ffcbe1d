"""The area of memories and their events.

Source: Service Authorization Reference, Amazon Bedrock AgentCore: CreateMemory and ListMemories
have no resource, so that they are asked of `*`; the rest of the memory; condition keys by action.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from localcloud.agentcore.control import access
from localcloud.agentcore.control.areas import Clock, NewId, Operation, Question, Spawn
from localcloud.agentcore.control.names import random_id
from localcloud.agentcore.jobs import Jobs
from localcloud.agentcore.memory import events, memories, new_events
from localcloud.agentcore.memory.context import Context, Handler, expire
from localcloud.agentcore.memory.event_store import EventStore
from localcloud.agentcore.memory.model import Memory
from localcloud.agentcore.memory.names import bare_id, memory_arn
from localcloud.agentcore.memory.store import MemoryStore
from localcloud.agentcore.memory.work import Work
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

HANDLERS: Final[dict[str, Handler]] = {
    "CreateMemory": memories.create_memory,
    "GetMemory": memories.get_memory,
    "ListMemories": memories.list_memories,
    "UpdateMemory": memories.update_memory,
    "DeleteMemory": memories.delete_memory,
    "CreateEvent": new_events.create_event,
    "GetEvent": events.get_event,
    "ListEvents": events.list_events,
    "DeleteEvent": events.delete_event,
    "ListSessions": events.list_sessions,
    "ListActors": events.list_actors,
    "ListMemoryRecords": events.no_records,
    "RetrieveMemoryRecords": events.no_records,
}

ACTOR: Final = {"actorId": ("actorId",)}
SESSION: Final = ACTOR | {"sessionId": ("sessionId",)}
NAMESPACE: Final = {"namespace": ("namespace",), "namespacePath": ("namespacePath",)}
CONDITIONS: Final[Mapping[str, access.Conditions]] = {
    "CreateMemory": {"KmsKeyArn": ("encryptionKeyArn",)},
    "CreateEvent": SESSION,
    "GetEvent": SESSION,
    "ListEvents": SESSION,
    "DeleteEvent": SESSION,
    "ListSessions": ACTOR,
    "ListMemoryRecords": NAMESPACE | {"strategyId": ("memoryStrategyId",)},
    "RetrieveMemoryRecords": NAMESPACE | {"strategyId": ("searchCriteria", "memoryStrategyId")},
}


class MemoryArea:
    """Memories and events of one account in one region. See `Area`."""

    def __init__(
        self,
        store: MemoryStore,
        event_store: EventStore,
        cloud: Cloud,
        clock: Clock,
        new_id: NewId = random_id,
        spawn: Spawn = asyncio.create_task,
    ) -> None:
        """Take the collaborators: see `Context` and `Work`. Nothing starts before `resume`."""
        self._cloud = cloud
        self._store = store
        self._jobs = Jobs(spawn)
        self._work = Work(store, event_store, cloud, clock, self._jobs)
        self._context = Context(store, event_store, cloud, self._work, clock, new_id)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the operations on memories and events."""
        return {name: partial(handler, self._context) for name, handler in HANDLERS.items()}

    def questions(self, _: Caller, operation: str, members: JsonObject) -> Iterator[Question]:
        """Return what is asked: one action on one memory, or on none in particular."""
        memory_id = bare_id(str(members.get("memoryId", "*")))
        named = str(members.get("memoryId", ""))
        arn = named if named.startswith("arn:") else memory_arn(self._cloud, memory_id)
        if operation in ("CreateMemory", "ListMemories"):
            arn = "*"
        keys = CONDITIONS.get(operation, {})
        context = access.conditions(keys, members, self.tags(arn))
        yield Question(f"{access.PREFIX}:{operation}", arn, context)

    def tags(self, arn: str) -> Mapping[str, str] | None:
        """Return a memory's tags, or None."""
        memory = self._find(arn)
        return None if memory is None else memory.tags

    def put_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Replace a memory's tags."""
        memory = self._find(arn)
        if memory is not None:
            self._store.put(replace(memory, tags=tags))

    def resume(self) -> None:
        """Take up what was left CREATING, UPDATING or DELETING; remove events that expired."""
        self._work.resume()
        for memory in self._store.memories():
            expire(self._context, memory)

    async def settle(self) -> None:
        """Wait until nothing goes on."""
        await self._jobs.settle()

    def _find(self, arn: str) -> Memory | None:
        memory = self._store.memory(bare_id(arn))
        return memory if memory and arn == memory_arn(self._cloud, memory.memory_id) else None
