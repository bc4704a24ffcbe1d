"""The control plane: one request in, one response out, and what goes on behind."""

import asyncio
import logging
from typing import Final

from localcloud.agentcore.control import access, gateways, tags, targets
from localcloud.agentcore.control.context import Clock, Context, Handler, NewId, Spawn
from localcloud.agentcore.control.faults import Faults
from localcloud.agentcore.control.names import random_id
from localcloud.agentcore.control.work import Work
from localcloud.agentcore.errors import AgentCoreError, NotServed, UnknownOperation
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.ports import Importer
from localcloud.agentcore.store import GatewayStore
from localcloud.agentcore.wire.operations import CONTROL, Match, find_operation
from localcloud.agentcore.wire.requests import read_input
from localcloud.agentcore.wire.responses import write_error, write_output
from localcloud.cloud import Cloud, CloudError, Request, Response

logger = logging.getLogger(__name__)

OPERATIONS: Final[dict[str, Handler]] = {
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
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "ListTagsForResource": tags.list_tags_for_resource,
}


class ControlPlane:
    """Gateways and targets of one account in one region."""

    def __init__(
        self,
        store: GatewayStore,
        cloud: Cloud,
        importer: Importer,
        clock: Clock,
        new_id: NewId = random_id,
        faults: Faults | None = None,
        spawn: Spawn = asyncio.create_task,
    ) -> None:
        """Take the collaborators: see `Context` and `Work`. Nothing starts before `resume`."""
        self._cloud = cloud
        self._store = store
        self._work = Work(store, cloud, importer, faults or Faults(), clock, spawn)
        self._context = Context(store, cloud, self._work, clock, new_id)
        self._work.faults.when_lifted(self._work.resume)

    async def resume(self) -> None:
        """Take up what another process left CREATING, UPDATING, DELETING or SYNCHRONIZING."""
        self._work.resume()

    async def settle(self) -> None:
        """Wait until nothing goes on in the background. Held gateways stay as they are."""
        await self._work.settle()

    async def handle(self, request: Request, request_id: str) -> Response:
        """Answer one request, refusals included."""
        try:
            match = _find(request)
            output = await self._answer(match, request)
        except (AgentCoreError, CloudError) as refusal:
            logger.info("refused: %s %s %s", request.method, refusal.code, request_id)
            return write_error(refusal, request_id)
        return write_output(CONTROL, match.operation, output, request_id)

    async def _answer(self, match: Match, request: Request) -> JsonObject:
        caller = await self._cloud.authenticate(request)
        handler = OPERATIONS.get(match.operation)
        if match.service != CONTROL or handler is None:
            raise NotServed(f"{match.operation} is not available on this cloud")
        given = read_input(match, request)
        members = given.members
        await access.authorize(self._cloud, self._store, caller, match.operation, members)
        given.raise_problems()
        if "roleArn" in members:
            await access.authorize_role(self._cloud, caller, members["roleArn"])
        return handler(self._context, caller, members)


def _find(request: Request) -> Match:
    match = find_operation(request.method, request.path)
    if match is None:
        raise UnknownOperation(f"No operation of AgentCore is {request.method} at this path")
    return match
