"""The policies of one gateway, applied to its calls and to its list of tools.

Sources: AgentCore Developer Guide, policy: AuthorizeAction for calls, PartiallyAuthorizeActions for
the list, both in the name of the gateway's role; replies recorded from gateways (`Tool Execution
Denied: ...`, `InternalServerException - Policy evaluation failed`). That an engine that is gone
denies everything is ours (claim `agentcore-policy.engine.attached`).
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from localcloud.agentcore.gateway.catalog import Entry
from localcloud.agentcore.gateway.decisions import DecisionLog, decision_line
from localcloud.agentcore.gateway.engine_access import AUTHORIZE, PARTIALLY, EngineAccess
from localcloud.agentcore.gateway.errors import PolicyEvaluationFailed, ToolDenied
from localcloud.agentcore.gateway.principals import Admitted, principal_of
from localcloud.agentcore.model import Gateway, JsonObject
from localcloud.agentcore.observed import Observer
from localcloud.agentcore.ports import PolicyReader
from policy.decider import Decider
from policy.kept import Kept
from policy.model import Policy, Principal, ToolSchema

logger = logging.getLogger(__name__)

LISTS_KEPT: Final = 128
"""Callers whose tools are kept, as long as policies and tools stay what they are."""

_MAY_READ_TIME: Final = re.compile(r"now|\\")
"""A statement with neither cannot read `context.system.now`, however that is written."""

DENIED: Final = "Tool Execution Denied: Tool call not allowed due to policy enforcement [{}]"


@dataclass(frozen=True)
class Deciding:
    """What all guards work with."""

    policies: PolicyReader
    access: EngineAccess
    log: DecisionLog
    clock: Callable[[], datetime]
    observer: Observer | None = None


class Guard:
    """Decides for one gateway and its tools, as they are now, by its engine's policies."""

    def __init__(
        self, gateway: Gateway, gateway_arn: str, entries: tuple[Entry, ...], deciding: Deciding
    ) -> None:
        """Take a gateway that has a policy engine, and its tools."""
        configuration = gateway.config["policyEngineConfiguration"]
        self._gateway = gateway
        self._gateway_arn = gateway_arn
        self._engine_arn: str = configuration["arn"]
        self._mode: str = configuration["mode"]
        self._tools = tuple(ToolSchema(e.name, e.tool.input_schema) for e in entries)
        self._deciding = deciding
        self._kept: _Current | None = None

    async def expect_allowed(self, admitted: Admitted, tool: str, arguments: JsonObject) -> None:
        """Let a call pass. In LOG_ONLY every call passes, whatever is decided.

        Raises:
            ToolDenied: no policy permits it, or one forbids it.
            PolicyEvaluationFailed: the engine cannot be asked.
        """
        try:
            decider = (await self._current(AUTHORIZE)).decider
        except PolicyEvaluationFailed:
            if self._enforced:
                raise
            logger.warning("policies of gateway %s cannot be evaluated", self._gateway.gateway_id)
            return
        principal, now = principal_of(admitted), self._deciding.clock()
        decision = decider.decide(principal, tool, arguments, now)
        line = decision_line(
            time=now,
            gateway=self._gateway_arn,
            mode=self._mode,
            principal=principal,
            tool=tool,
            arguments=arguments,
            decision=decision,
            references=decider.referenced,
        )
        self._deciding.log.write(self._gateway.gateway_id, line)
        if self._deciding.observer is not None:
            self._deciding.observer.decided(
                self._gateway.gateway_id,
                self._engine_arn,
                self._mode,
                allowed=decision.allowed,
                by=len(decision.determining),
            )
        if self._enforced and not decision.allowed:
            raise ToolDenied(DENIED.format(decision.reason))

    async def visible(self, admitted: Admitted) -> frozenset[str] | None:
        """Return the full names of the tools a caller may still be allowed to call; None for all.

        Raises:
            PolicyEvaluationFailed: the engine cannot be asked.
        """
        if not self._enforced:
            return None
        current = await self._current(PARTIALLY)
        return current.listable(principal_of(admitted), self._deciding.clock())

    @property
    def _enforced(self) -> bool:
        return self._mode == "ENFORCE"

    async def _current(self, action: str) -> "_Current":
        await self._deciding.access.expect(self._gateway, self._engine_arn, action)
        policies = self._deciding.policies.policies_in_force(self._engine_arn)
        if policies is None:
            raise PolicyEvaluationFailed
        # The store gives one object until a policy changes: the next call goes by the new ones.
        if self._kept is None or self._kept.policies is not policies:
            self._kept = _Current(policies, Decider(policies, self._gateway_arn, self._tools))
        return self._kept


class _Current:
    """What is made of the policies that are in force."""

    def __init__(self, policies: tuple[Policy, ...], decider: Decider) -> None:
        self.policies = policies
        self.decider = decider
        self._timed = any(_MAY_READ_TIME.search(policy.statement) for policy in policies)
        self._lists = Kept[tuple[object, ...], frozenset[str]](LISTS_KEPT)

    def listable(self, principal: Principal, now: datetime) -> frozenset[str]:
        """Return the tools of a caller, who often asks again with the same token."""
        if self._timed:
            return self.decider.listable(principal, now)
        key = (principal.kind, principal.id, *sorted(principal.tags.items()))
        return self._lists.get(key, lambda: self.decider.listable(principal, now))
