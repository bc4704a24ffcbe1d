"""The area of policy engines, policies and policy generations.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore. Which resource each action is
asked of, where the reference lists several, is ours (claim `agentcore-policy.iam.resources`).
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
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.policy import engines, generations, policies
from localcloud.agentcore.policy.checks import Checks, Gateways
from localcloud.agentcore.policy.context import Context, Handler
from localcloud.agentcore.policy.generate import Generator
from localcloud.agentcore.policy.model import Engine
from localcloud.agentcore.policy.names import bare_id, engine_arn, generation_arn, policy_arn
from localcloud.agentcore.policy.store import PolicyStore
from localcloud.agentcore.policy.work import Work
from localcloud.cloud import Caller, Cloud

HANDLERS: Final[dict[str, Handler]] = {
    "CreatePolicyEngine": engines.create_policy_engine,
    "GetPolicyEngine": engines.get_policy_engine,
    "GetPolicyEngineSummary": engines.get_policy_engine,
    "ListPolicyEngines": engines.list_policy_engines,
    "ListPolicyEngineSummaries": engines.list_policy_engines,
    "UpdatePolicyEngine": engines.update_policy_engine,
    "DeletePolicyEngine": engines.delete_policy_engine,
    "CreatePolicy": policies.create_policy,
    "GetPolicy": policies.get_policy,
    "GetPolicySummary": policies.get_policy,
    "ListPolicies": policies.list_policies,
    "ListPolicySummaries": policies.list_policies,
    "UpdatePolicy": policies.update_policy,
    "DeletePolicy": policies.delete_policy,
    "StartPolicyGeneration": generations.start_policy_generation,
    "GetPolicyGeneration": generations.get_policy_generation,
    "GetPolicyGenerationSummary": generations.get_policy_generation,
    "ListPolicyGenerations": generations.list_policy_generations,
    "ListPolicyGenerationSummaries": generations.list_policy_generations,
    "ListPolicyGenerationAssets": generations.list_policy_generation_assets,
}

CONDITIONS: Final[access.Conditions] = {"KmsKeyArn": ("encryptionKeyArn",)}


class PolicyArea:
    """Engines and policies of one account in one region. See `Area`."""

    def __init__(
        self,
        store: PolicyStore,
        gateways: Gateways,
        cloud: Cloud,
        clock: Clock,
        new_id: NewId = random_id,
        spawn: Spawn = asyncio.create_task,
    ) -> None:
        """Take the collaborators: see `Context` and `Work`. Nothing starts before `resume`."""
        self._cloud = cloud
        self._store = store
        self._jobs = Jobs(spawn)
        checks = Checks(gateways, cloud)
        self._work = Work(store, checks, Generator(checks, new_id), clock, self._jobs)
        self._context = Context(store, gateways, cloud, self._work, clock, new_id)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the operations on engines, policies and generations."""
        return {name: partial(handler, self._context) for name, handler in HANDLERS.items()}

    def questions(self, _: Caller, operation: str, members: JsonObject) -> Iterator[Question]:
        """Return what is asked: one action on one engine, policy or generation, or on any."""
        engine_id = str(members.get("policyEngineId", "*"))
        arn = engine_arn(self._cloud, engine_id)
        context = access.conditions(CONDITIONS, members, self.tags(arn))
        if "policyId" in members:
            arn = policy_arn(self._cloud, engine_id, str(members["policyId"]))
        elif "policyGenerationId" in members:
            arn = generation_arn(self._cloud, engine_id, str(members["policyGenerationId"]))
        yield Question(f"{access.PREFIX}:{operation}", arn, context)

    def tags(self, arn: str) -> Mapping[str, str] | None:
        """Return an engine's tags, or None."""
        engine = self._find(arn)
        return None if engine is None else engine.tags

    def put_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Replace an engine's tags."""
        engine = self._find(arn)
        if engine is not None:
            self._store.engines.put(engine.engine_id, replace(engine, tags=tags))

    def resume(self) -> None:
        """Take up what was left CREATING, UPDATING, DELETING or GENERATING."""
        self._work.resume()

    async def settle(self) -> None:
        """Wait until nothing goes on."""
        await self._jobs.settle()

    def _find(self, arn: str) -> Engine | None:
        engine = self._store.engines.get(bare_id(arn))
        return engine if engine and arn == engine_arn(self._cloud, engine.engine_id) else None
