"""What goes on behind a 202: engines and policies on their way to ACTIVE, texts to statements.

A status says what is left to do, so a process that starts again takes up what another left. What
was in force stays in force until something sound takes its place: an update that fails leaves the
policy as it was (claim `agentcore-policy.update-failed`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from localcloud.agentcore.jobs import INTERNAL_REASON, Jobs
from localcloud.agentcore.policy.checks import Checks, StatementRefused
from localcloud.agentcore.policy.generate import Generator
from localcloud.agentcore.policy.model import (
    TRANSITIONAL,
    Engine,
    EnginePolicy,
    Generation,
    GenerationStatus,
    PolicyStatus,
)
from localcloud.agentcore.policy.store import PolicyStore

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Work:
    """Runs what is left to do, at most one piece a resource at a time."""

    store: PolicyStore
    checks: Checks
    generator: Generator
    clock: Callable[[], datetime]
    jobs: Jobs

    def start(self, item: Engine | EnginePolicy | Generation) -> None:
        """Do what the status of `item` asks for, instead of what was begun."""
        match item:
            case Engine():
                self.jobs.start(_key(item), self._engine(item))
            case EnginePolicy():
                self.jobs.start(_key(item), self._policy(item))
            case Generation():
                self.jobs.start(_key(item), self._generation(item))

    def resume(self) -> None:
        """Take up everything that is left half done and that nobody works on."""
        engines, policies = self.store.engines.all(), self.store.policies()
        left: list[Engine | EnginePolicy | Generation] = [
            *(engine for engine in engines if engine.status in TRANSITIONAL),
            *(policy for policy in policies if policy.status in TRANSITIONAL),
        ]
        left += [
            generation
            for generation in self.store.generations.all()
            if generation.status is GenerationStatus.GENERATING
        ]
        for item in left:
            if not self.jobs.busy(_key(item)):
                self.start(item)

    async def _engine(self, engine: Engine) -> None:
        if engine.status is PolicyStatus.DELETING:
            self.store.delete_engine(engine.engine_id)
            return
        now = self.store.engines.get(engine.engine_id)
        if now is not None and now.status is engine.status:
            ended = replace(now, status=PolicyStatus.ACTIVE, updated_at=self.clock())
            self.store.engines.put(engine.engine_id, ended)

    async def _policy(self, policy: EnginePolicy) -> None:
        if policy.status is PolicyStatus.DELETING:
            self.store.delete_policy(policy)
            return
        try:
            if policy.change is None or "definition" in policy.change:
                await self.checks.expect_sound(policy)
        except StatementRefused as refusal:
            self._fail(policy, str(refusal))
        except Exception:  # the outermost layer: see `Jobs`
            logger.exception("work on policy %s failed", policy.policy_id)
            self._fail(policy, INTERNAL_REASON)
        else:
            ended = replace(policy, config=policy.shown, in_force=True, status_reasons=())
            self._end(policy, replace(ended, status=PolicyStatus.ACTIVE))

    def _fail(self, policy: EnginePolicy, reason: str) -> None:
        creating = policy.status is PolicyStatus.CREATING
        status = PolicyStatus.CREATE_FAILED if creating else PolicyStatus.UPDATE_FAILED
        self._end(policy, replace(policy, status=status, status_reasons=(reason,)))

    def _end(self, begun: EnginePolicy, ended: EnginePolicy) -> None:
        now = self.store.policy(begun.policy_id)
        if now is not None and now.status is begun.status:
            self.store.put_policy(replace(ended, change=None, updated_at=self.clock()))

    async def _generation(self, generation: Generation) -> None:
        try:
            assets = self.generator.assets(generation)
            ended = replace(generation, status=GenerationStatus.GENERATED, assets=assets)
        except LookupError:
            reasons = (f"Gateway not found: {generation.gateway_arn}",)
            ended = replace(generation, status=_FAILED, status_reasons=reasons)
        except Exception:  # the outermost layer: see `Jobs`
            logger.exception("generation %s failed", generation.generation_id)
            ended = replace(generation, status=_FAILED, status_reasons=(INTERNAL_REASON,))
        if self.store.generations.get(generation.generation_id) is not None:
            self.store.generations.put(
                generation.generation_id, replace(ended, updated_at=self.clock())
            )


_FAILED: Final = GenerationStatus.GENERATE_FAILED


def _key(item: Engine | EnginePolicy | Generation) -> str:
    match item:
        case Engine():
            return f"engine/{item.engine_id}"
        case EnginePolicy():
            return f"policy/{item.policy_id}"
        case Generation():
            return f"generation/{item.generation_id}"
