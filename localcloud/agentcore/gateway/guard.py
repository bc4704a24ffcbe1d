"""The policies of one gateway, applied to its calls and to its list of tools.

Sources: AgentCore Developer Guide, policy: AuthorizeAction for calls, PartiallyAuthorizeActions for
the list, both in the name of the gateway's role; replies recorded from gateways (`Tool Execution
Denied: ...`, `InternalServerException - Policy evaluation failed`). That an engine that is gone
denies everything is ours (claim `agentcore-policy.engine.attached`).
"""

import logging
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
from localcloud.agentcore.ports import PolicyReader
from policy.decider import Decider
from policy.model import Policy, ToolSchema

logger = logging.getLogger(__name__)

DENIED: Final = "Tool Execution Denied: Tool call not allowed due to policy enforcement [{}]"


@dataclass(frozen=True)
class Deciding:
    """What all guards work with."""

    policies: PolicyReader
    access: EngineAccess
    log: DecisionLog
    clock: Callable[[], datetime]


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
        self._kept: tuple[tuple[Policy, ...], Decider] | None = None

    async def expect_allowed(self, admitted: Admitted, tool: str, arguments: JsonObject) -> None:
        """Let a call pass. In LOG_ONLY every call passes, whatever is decided.

        Raises:
            ToolDenied: no policy permits it, or one forbids it.
            PolicyEvaluationFailed: the engine cannot be asked.
        """
        try:
            decider = await self._decider(AUTHORIZE)
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
        if self._enforced and not decision.allowed:
            raise ToolDenied(DENIED.format(decision.reason))

    async def visible(self, admitted: Admitted) -> frozenset[str] | None:
        """Return the full names of the tools a caller may still be allowed to call; None for all.

        Raises:
            PolicyEvaluationFailed: the engine cannot be asked.
        """
        if not self._enforced:
            return None
        decider = await self._decider(PARTIALLY)
        return decider.listable(principal_of(admitted), self._deciding.clock())

    @property
    def _enforced(self) -> bool:
        return self._mode == "ENFORCE"

    async def _decider(self, action: str) -> Decider:
        await self._deciding.access.expect(self._gateway, self._engine_arn, action)
        policies = self._deciding.policies.policies_in_force(self._engine_arn)
        if policies is None:
            raise PolicyEvaluationFailed
        # The store gives one object until a policy changes: the next call goes by the new ones.
        if self._kept is None or self._kept[0] is not policies:
            self._kept = policies, Decider(policies, self._gateway_arn, self._tools)
        return self._kept[1]
