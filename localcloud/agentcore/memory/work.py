"""What goes on behind a 202: memories on their way to ACTIVE, or gone.

A memory's status says what is left to do with it, so a process that starts again takes up what
another left. A role is tried, as the service tries it; what a deleted strategy made is removed.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from localcloud.agentcore.control.names import SERVICE_PRINCIPAL
from localcloud.agentcore.jobs import INTERNAL_REASON, Jobs
from localcloud.agentcore.memory.model import Memory, MemoryStatus
from localcloud.agentcore.memory.names import memory_arn
from localcloud.agentcore.memory.stores import MemoryStores
from localcloud.agentcore.memory.strategies import settled_strategies
from localcloud.cloud import Cloud, RoleNotAssumable

logger = logging.getLogger(__name__)

TRANSITIONAL: Final = frozenset(
    {MemoryStatus.CREATING, MemoryStatus.UPDATING, MemoryStatus.DELETING}
)
ROLE_REASON: Final = (
    "Role validation failed for '{}'. Please verify that the role exists and its trust policy "
    "allows assumption by this service"
)
"""As gateways say it."""


@dataclass(frozen=True)
class Work:
    """Runs what is left to do, at most one piece a memory at a time."""

    stores: MemoryStores
    cloud: Cloud
    clock: Callable[[], datetime]
    jobs: Jobs

    def start(self, memory_id: str) -> None:
        """Do what the status of a memory asks for, instead of what was begun."""
        self.jobs.start(memory_id, self._run(memory_id))

    def resume(self) -> None:
        """Take up everything that is left half done and that nobody works on."""
        for memory in self.stores.memories.memories():
            if memory.status in TRANSITIONAL and not self.jobs.busy(memory.memory_id):
                self.start(memory.memory_id)

    async def _run(self, memory_id: str) -> None:
        memory = self.stores.memories.memory(memory_id)
        if memory is None:
            return
        try:
            await self._advance(memory)
        except RoleNotAssumable:
            self._end(memory, MemoryStatus.FAILED, ROLE_REASON.format(memory.role_arn))
        except Exception:  # the outermost layer: see `Jobs`
            logger.exception("work on memory %s failed", memory_id)
            self._end(memory, MemoryStatus.FAILED, INTERNAL_REASON)

    async def _advance(self, memory: Memory) -> None:
        if memory.status is MemoryStatus.DELETING:
            self.stores.forget(memory.memory_id)
            return
        if memory.role_arn is not None:
            await self.cloud.assume_role(
                memory.role_arn,
                service=SERVICE_PRINCIPAL,
                source_arn=memory_arn(self.cloud, memory.memory_id),
                session_name="AgentCoreMemory",
            )
        self._end(memory, MemoryStatus.ACTIVE, None)

    def _end(self, begun: Memory, status: MemoryStatus, reason: str | None) -> None:
        memory = self.stores.memories.memory(begun.memory_id)
        if memory is None or memory.status is not begun.status:
            return
        strategies = memory.strategies
        if status is MemoryStatus.ACTIVE:
            strategies = settled_strategies(strategies)
            for gone in {one.strategy_id for one in memory.strategies} - {
                one.strategy_id for one in strategies
            }:
                self.stores.forget_strategy(memory.memory_id, gone)
        ended = replace(memory, status=status, failure_reason=reason, strategies=strategies)
        self.stores.memories.put(replace(ended, updated_at=self.clock()))
