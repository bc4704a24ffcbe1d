"""Whether a statement may become a policy: its grammar, its author, the tools it speaks of.

A statement is checked against the tools of every gateway its engine is attached to, and of every
gateway it names: an engine is often filled before it is attached (claim
`policy.validated-against`).

Sources: Developer Guide, policy validation; statusReasons as seen in public reports (`Validation
failed: ...`, `Insufficient permissions to call gateway with ID ...`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from localcloud.agentcore.control.names import gateway_arn
from localcloud.agentcore.gateway.inbound import INVOKE
from localcloud.agentcore.model import TOOL_NAME_SEPARATOR, Gateway, Status, Target
from localcloud.agentcore.policy.model import EnginePolicy
from localcloud.agentcore.policy.names import engine_arn
from localcloud.cloud import AccessDenied, Cloud
from policy.errors import UnparsableStatement
from policy.findings import validate
from policy.model import ToolSchema
from policy.schema import cedar_schema
from policy.statement import check_statement


class StatementRefused(Exception):
    """The statement cannot become a policy. The message is a statusReason."""

    code = "StatementRefused"


class Gateways(Protocol):
    """What is read of the gateways' state."""

    def gateway(self, gateway_id: str) -> Gateway | None:
        """Return a gateway, or None."""
        ...

    def gateways(self) -> tuple[Gateway, ...]:
        """Return every gateway."""
        ...

    def targets(self, gateway_id: str) -> tuple[Target, ...]:
        """Return a gateway's targets in order of creation."""
        ...


@dataclass(frozen=True)
class Checks:
    """Checks statements."""

    gateways: Gateways
    cloud: Cloud

    async def expect_sound(self, policy: EnginePolicy) -> None:
        """Let the statement of a policy pass.

        Raises:
            StatementRefused: why it cannot be in force.
        """
        try:
            check_statement(policy.statement)
        except UnparsableStatement as error:
            raise StatementRefused(f"Validation failed: {error}") from error
        concerned = tuple(self._concerned(policy))
        for gateway in concerned:
            await self._expect_permission(policy, gateway)
        if concerned:
            tools = {self._arn(each): self.tools(each) for each in concerned}
            _expect_valid(policy, tools)

    def tools(self, gateway: Gateway) -> tuple[ToolSchema, ...]:
        """Return the tools of a gateway as policies know them."""
        return tuple(
            ToolSchema(f"{target.name}{TOOL_NAME_SEPARATOR}{tool.name}", tool.input_schema)
            for target in self.gateways.targets(gateway.gateway_id)
            if target.status is Status.READY
            for tool in target.tools
        )

    def _concerned(self, policy: EnginePolicy) -> Iterator[Gateway]:
        engine = engine_arn(self.cloud, policy.engine_id)
        for gateway in self.gateways.gateways():
            attached = gateway.config.get("policyEngineConfiguration") or {}
            if attached.get("arn") == engine or f'"{self._arn(gateway)}"' in policy.statement:
                yield gateway

    async def _expect_permission(self, policy: EnginePolicy, gateway: Gateway) -> None:
        try:
            await self.cloud.authorize(
                policy.caller, action=INVOKE, resource=self._arn(gateway), context={}
            )
        except AccessDenied as error:
            raise StatementRefused(
                f"Insufficient permissions to call gateway with ID {gateway.gateway_id}"
            ) from error

    def _arn(self, gateway: Gateway) -> str:
        return gateway_arn(self.cloud, gateway.gateway_id)


def _expect_valid(policy: EnginePolicy, tools: Mapping[str, tuple[ToolSchema, ...]]) -> None:
    found = validate(policy.statement, cedar_schema(tools))
    if found.errors:
        raise StatementRefused("Validation failed: " + "; ".join(found.errors))
    if found.findings and policy.strict:
        said = "; ".join(f"{finding.type}: {finding.description}" for finding in found.findings)
        raise StatementRefused(f"Validation failed: {said}")
