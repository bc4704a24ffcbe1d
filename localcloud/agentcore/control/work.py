"""What goes on behind a 202: gateways and targets on their way to where they stay.

A resource's status says what is left to do with it, so a process that starts again takes up what
another left. The store is written only between awaits and only while the status is still the one
the work began with.

Sources: Developer Guide, gateway life cycle; statusReasons `Failed to create gateway dependencies`
as seen in public reports of gateways in FAILED. That the role is taken while CREATING, not before
the 202, is ours (claim `agentcore-control.gateway.failed`).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from localcloud.agentcore.control import names
from localcloud.agentcore.control.areas import Spawn
from localcloud.agentcore.control.faults import Effect, Faults
from localcloud.agentcore.gateway.listed import is_synchronized
from localcloud.agentcore.jobs import INTERNAL_REASON, Jobs
from localcloud.agentcore.model import Gateway, Status, Target
from localcloud.agentcore.ports import Importer, ImportFailed
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Caller, Cloud, CloudError, RoleNotAssumable

logger = logging.getLogger(__name__)

TRANSITIONAL: Final = frozenset(
    {Status.CREATING, Status.UPDATING, Status.DELETING, Status.SYNCHRONIZING}
)
FAILURES: Final = {
    Status.CREATING: Status.FAILED,
    Status.UPDATING: Status.UPDATE_UNSUCCESSFUL,
    Status.SYNCHRONIZING: Status.SYNCHRONIZE_UNSUCCESSFUL,
    Status.DELETING: Status.FAILED,
}
"""Where a resource ends whose work in the first status fails."""

MAX_REASON: Final = 2048
"""Characters of a statusReason (botocore `StatusReason`)."""


class _WorkFailed(Exception):
    """The resource goes to a failed status. The message is its statusReason."""


@dataclass
class Work:
    """Runs what is left to do, at most one piece a resource at a time."""

    store: GatewayStore
    cloud: Cloud
    importer: Importer
    faults: Faults
    clock: Callable[[], datetime]
    spawn: Spawn

    def __post_init__(self) -> None:
        """Begin with nothing to do."""
        self._jobs = Jobs(self.spawn)

    def start(self, gateway_id: str, target_id: str = "") -> None:
        """Do what the status of a gateway, or a target, asks for, instead of what was begun."""
        job = self._target(gateway_id, target_id) if target_id else self._gateway(gateway_id)
        self._jobs.start(_resource(gateway_id, target_id), job)

    def resume(self) -> None:
        """Take up everything that is left half done and that nobody works on."""
        for gateway in self.store.gateways():
            if gateway.status in TRANSITIONAL:
                self._start_idle(gateway.gateway_id)
            for target in self.store.targets(gateway.gateway_id):
                if target.status in TRANSITIONAL:
                    self._start_idle(gateway.gateway_id, target.target_id)

    async def settle(self) -> None:
        """Wait until nothing is going on. Gateways that are held stay as they are."""
        await self._jobs.settle()

    def _start_idle(self, gateway_id: str, target_id: str = "") -> None:
        if not self._jobs.busy(_resource(gateway_id, target_id)):
            self.start(gateway_id, target_id)

    async def _gateway(self, gateway_id: str) -> None:
        gateway = self.store.gateway(gateway_id)
        if gateway is None:
            return
        try:
            await self._advance_gateway(gateway)
        except _WorkFailed as failure:
            self._end_gateway(gateway, FAILURES[gateway.status], (str(failure),))
        except Exception:  # the outermost layer: see `Jobs`
            logger.exception("work on gateway %s failed", gateway_id)
            self._end_gateway(gateway, FAILURES[gateway.status], (INTERNAL_REASON,))

    async def _advance_gateway(self, gateway: Gateway) -> None:
        if gateway.status is Status.DELETING:
            self.faults.forget(gateway.gateway_id)
            self.store.delete_gateway(gateway.gateway_id)
            return
        if gateway.status is Status.CREATING:
            fault = self.faults.meet(gateway.gateway_id, gateway.name)
            if fault and fault.effect is Effect.HOLD:
                return
            if fault:
                self._end_gateway(gateway, Status.FAILED, fault.reasons)
                return
            await self._make_identity(gateway)
        await self._take_role(gateway)
        self._end_gateway(gateway, Status.READY, ())

    async def _make_identity(self, gateway: Gateway) -> None:
        caller = self._caller(gateway.gateway_id)
        action = "bedrock-agentcore:CreateWorkloadIdentity"
        resources = (
            names.identity_directory_arn(self.cloud),
            names.workload_identity_arn(self.cloud, gateway.gateway_id),
        )
        try:
            for resource in resources:
                await self.cloud.authorize(caller, action=action, resource=resource, context={})
        except CloudError as error:
            raise _WorkFailed(f"Failed to create gateway dependencies: {error}") from error

    async def _take_role(self, gateway: Gateway) -> None:
        try:
            await self.cloud.assume_role(
                gateway.role_arn,
                service=names.SERVICE_PRINCIPAL,
                source_arn=names.gateway_arn(self.cloud, gateway.gateway_id),
                session_name="AgentCoreGateway",
            )
        except RoleNotAssumable as error:
            raise _WorkFailed(
                f"Role validation failed for '{gateway.role_arn}'. Please verify that the role "
                "exists and its trust policy allows assumption by this service"
            ) from error

    def _end_gateway(self, begun: Gateway, status: Status, reasons: tuple[str, ...]) -> None:
        gateway = self.store.gateway(begun.gateway_id)
        if gateway is None or gateway.status is not begun.status:
            return
        ended = replace(gateway, status=status, status_reasons=reasons, updated_at=self.clock())
        self.store.put_gateway(ended)

    async def _target(self, gateway_id: str, target_id: str) -> None:
        gateway = self.store.gateway(gateway_id)
        target = self.store.target(gateway_id, target_id)
        if gateway is None or target is None:
            return
        try:
            await self._advance_target(gateway, target)
        except ImportFailed as failure:
            self._end_target(target, status_reasons=(str(failure)[:MAX_REASON],))
        except Exception:  # the outermost layer: see `Jobs`
            logger.exception("work on target %s of gateway %s failed", target_id, gateway_id)
            self._end_target(target, status_reasons=(INTERNAL_REASON,))

    async def _advance_target(self, gateway: Gateway, target: Target) -> None:
        if target.status is Status.DELETING:
            self.store.delete_target(target.gateway_id, target.target_id)
            return
        caller = self._caller(target.gateway_id, target.target_id)
        tools = await self.importer.import_tools(gateway, target, caller)
        synchronized_at = self.clock() if is_synchronized(target) else target.last_synchronized_at
        self._end_target(
            target,
            status=Status.READY,
            status_reasons=(),
            tools=tools,
            last_synchronized_at=synchronized_at,
        )

    def _end_target(self, begun: Target, **changes: Any) -> None:  # noqa: ANN401 - fields of Target
        target = self.store.target(begun.gateway_id, begun.target_id)
        if target is None or target.status is not begun.status:
            return
        ended = replace(target, status=FAILURES[begun.status], updated_at=self.clock())
        self.store.put_target(replace(ended, **changes))

    def _caller(self, gateway_id: str, target_id: str = "") -> Caller:
        caller = self.store.caller(gateway_id, target_id)
        if caller is None:
            raise LookupError(f"nobody asked for the change of {gateway_id} {target_id}")
        return caller


def _resource(gateway_id: str, target_id: str) -> str:
    return f"{gateway_id}/{target_id}"
