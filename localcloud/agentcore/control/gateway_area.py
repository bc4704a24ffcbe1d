"""The area of gateways and their targets.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore (condition keys); that
CreateGateway is asked of `gateway/*`, and that an ARN as gatewayIdentifier answers
AccessDeniedException without naming a resource, as seen in public reports
(aws/bedrock-agentcore-sdk-python pull request 433). ListGateways on `gateway/*` is ours (claim
`agentcore-control.iam.resources`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from localcloud.agentcore.control import access, gateways, names, targets
from localcloud.agentcore.control.areas import Clock, NewId, Operation, Question, Spawn
from localcloud.agentcore.control.context import Context, Handler
from localcloud.agentcore.control.faults import Faults
from localcloud.agentcore.control.work import Work
from localcloud.agentcore.errors import AccessRefused, ValidationFailed
from localcloud.agentcore.model import Gateway, JsonObject
from localcloud.agentcore.ports import Importer
from localcloud.agentcore.store import GatewayStore
from localcloud.cloud import Caller, Cloud

HANDLERS: Final[dict[str, Handler]] = {
    "CreateGateway": gateways.create_gateway,
    "GetGateway": gateways.get_gateway,
    "ListGateways": gateways.list_gateways,
    "UpdateGateway": gateways.update_gateway,
    "DeleteGateway": gateways.delete_gateway,
    "CreateGatewayTarget": targets.create_gateway_target,
    "GetGatewayTarget": targets.get_gateway_target,
    "ListGatewayTargets": targets.list_gateway_targets,
    "UpdateGatewayTarget": targets.update_gateway_target,
    "DeleteGatewayTarget": targets.delete_gateway_target,
    "SynchronizeGatewayTargets": targets.synchronize_gateway_targets,
}

CONDITIONS: Final[access.Conditions] = {
    "GatewayAuthorizerType": ("authorizerType",),
    "ProtocolType": ("protocolType",),
    "KmsKeyArn": ("kmsKeyArn",),
    "DiscoveryUrl": ("authorizerConfiguration", "customJWTAuthorizer", "discoveryUrl"),
    "PolicyEngineArn": ("policyEngineConfiguration", "arn"),
    "PolicyEngineMode": ("policyEngineConfiguration", "mode"),
}

ATTACHING: Final = ("CreateGateway", "UpdateGateway")
"""Operations that may attach a policy engine."""

type Attach = Callable[[str, JsonObject], Awaitable[None]]
"""Lets a gateway (its ARN, the members of the request) use a policy engine, or refuses."""


async def no_engines(_: str, members: JsonObject) -> None:
    """Refuse where there are no policy engines."""
    message = f"Policy engine not found: {members['policyEngineConfiguration']['arn']}"
    raise ValidationFailed.of_field("policyEngineConfiguration", message)


class GatewayArea:
    """Gateways and targets of one account in one region. See `Area`."""

    def __init__(
        self,
        store: GatewayStore,
        cloud: Cloud,
        importer: Importer,
        clock: Clock,
        new_id: NewId = names.random_id,
        faults: Faults | None = None,
        spawn: Spawn = asyncio.create_task,
        attach: Attach = no_engines,
    ) -> None:
        """Take the collaborators: see `Context` and `Work`. Nothing starts before `resume`."""
        self._cloud = cloud
        self._store = store
        self._attach = attach
        self._work = Work(store, cloud, importer, faults or Faults(), clock, spawn)
        self._context = Context(store, cloud, self._work, clock, new_id)
        self._work.faults.when_lifted(self._work.resume)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the operations on gateways and targets."""
        served = {name: partial(handler, self._context) for name, handler in HANDLERS.items()}
        return {**served, **{name: partial(self._attaching, served[name]) for name in ATTACHING}}

    def questions(self, caller: Caller, operation: str, members: JsonObject) -> Iterator[Question]:
        """Return what is asked: one action on one gateway, or on any."""
        action = f"{access.PREFIX}:{operation}"
        identifier = str(members.get("gatewayIdentifier", "*"))
        if identifier.startswith("arn:"):
            raise AccessRefused(f"User: {caller.arn} is not authorized to perform: {action}")
        arn = names.gateway_arn(self._cloud, identifier)
        yield Question(action, arn, access.conditions(CONDITIONS, members, self.tags(arn)))

    def tags(self, arn: str) -> Mapping[str, str] | None:
        """Return a gateway's tags, or None."""
        gateway = self._find(arn)
        return None if gateway is None else gateway.tags

    def put_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Replace a gateway's tags."""
        gateway = self._find(arn)
        if gateway is not None:
            self._store.put_gateway(replace(gateway, tags=tags))

    def resume(self) -> None:
        """Take up what was left CREATING, UPDATING, DELETING or SYNCHRONIZING."""
        self._work.resume()

    async def settle(self) -> None:
        """Wait until nothing goes on. Held gateways stay as they are."""
        await self._work.settle()

    async def _attaching(
        self,
        operation: Callable[[Caller, JsonObject], JsonObject],
        caller: Caller,
        members: JsonObject,
    ) -> JsonObject:
        """Try the role on a policy engine at once, as the service does, and then go on."""
        if "policyEngineConfiguration" in members:
            name = members["name"].lower()
            identifier = members.get("gatewayIdentifier", f"{name}-*")
            await self._attach(names.gateway_arn(self._cloud, identifier), members)
        return operation(caller, members)

    def _find(self, arn: str) -> Gateway | None:
        gateway_id = arn.rpartition("/")[2]
        gateway = self._store.gateway(gateway_id)
        return gateway if arn == names.gateway_arn(self._cloud, gateway_id) else None
