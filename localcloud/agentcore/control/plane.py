"""The control plane: one request in, one response out, and what goes on behind."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence

from localcloud.agentcore.control import access
from localcloud.agentcore.control.areas import Area, Operations
from localcloud.agentcore.control.tags import Tags
from localcloud.agentcore.errors import AgentCoreError, NotServed, UnknownOperation
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.wire.operations import Match, find_operation
from localcloud.agentcore.wire.requests import read_input
from localcloud.agentcore.wire.responses import write_error, write_output
from localcloud.cloud import Cloud, CloudError, Request, Response

logger = logging.getLogger(__name__)


class ControlPlane:
    """The operations of all areas, of one account in one region."""

    def __init__(self, cloud: Cloud, areas: Sequence[Area]) -> None:
        """Serve what `areas` offer, and the tags of their resources."""
        self._cloud = cloud
        self._areas = areas
        groups: tuple[Operations, ...] = (*areas, Tags(areas))
        self._served = {
            name: (group, operation)
            for group in groups
            for name, operation in group.operations.items()
        }

    @property
    def operations(self) -> frozenset[str]:
        """Return the names of the operations that are served."""
        return frozenset(self._served)

    async def resume(self) -> None:
        """Take up what another process left half done."""
        for area in self._areas:
            area.resume()

    async def settle(self) -> None:
        """Wait until nothing goes on in the background. Held gateways stay as they are."""
        await asyncio.gather(*(area.settle() for area in self._areas))

    async def handle(self, request: Request, request_id: str) -> Response:
        """Answer one request, refusals included."""
        try:
            match = _find(request)
            output = await self._answer(match, request)
        except (AgentCoreError, CloudError) as refusal:
            logger.info("refused: %s %s %s", request.method, refusal.code, request_id)
            return write_error(refusal, request_id)
        return write_output(match.service, match.operation, output, request_id)

    async def _answer(self, match: Match, request: Request) -> JsonObject:
        caller = await self._cloud.authenticate(request)
        if match.operation not in self._served:
            raise NotServed(f"{match.operation} is not available on this cloud")
        group, operation = self._served[match.operation]
        given = read_input(match, request)
        members = given.members
        for asked in group.questions(caller, match.operation, members):
            await self._cloud.authorize(
                caller, action=asked.action, resource=asked.resource, context=asked.context
            )
        given.raise_problems()
        await access.authorize_roles(self._cloud, caller, members)
        output = operation(caller, members)
        return await output if isinstance(output, Awaitable) else output


def _find(request: Request) -> Match:
    match = find_operation(request.method, request.path)
    if match is None:
        raise UnknownOperation(f"No operation of AgentCore is {request.method} at this path")
    return match
