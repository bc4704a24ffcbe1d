"""The area of runtimes, their versions and endpoints.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore; Developer Guide, troubleshooting
direct code deployment (the caller's `s3:GetObject`); aws-samples/sample-agentcore-launchpad (`Role
validation failed`); public lists of what CreateAgentRuntime asks for beside itself. Where these are
silent the resources are ours (claim `agentcore-runtime.iam.resources`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from localcloud.agentcore.control import access
from localcloud.agentcore.control.areas import Clock, NewId, Operation, Question, Spawn
from localcloud.agentcore.control.names import (
    SERVICE_PRINCIPAL,
    identity_directory_arn,
    random_id,
    workload_identity_arn,
)
from localcloud.agentcore.errors import AccessRefused, ValidationFailed
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime import endpoints, operations
from localcloud.agentcore.runtime.archives import Archives
from localcloud.agentcore.runtime.context import Context, Handler
from localcloud.agentcore.runtime.model import DEFAULT_ENDPOINT, Endpoint, Runtime
from localcloud.agentcore.runtime.names import endpoint_arn, runtime_arn
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.runtime.work import RuntimeWork
from localcloud.cloud import Caller, Cloud, RoleNotAssumable

HANDLERS: Final[dict[str, Handler]] = {
    "CreateAgentRuntime": operations.create_agent_runtime,
    "GetAgentRuntime": operations.get_agent_runtime,
    "ListAgentRuntimes": operations.list_agent_runtimes,
    "ListAgentRuntimeVersions": operations.list_agent_runtime_versions,
    "UpdateAgentRuntime": operations.update_agent_runtime,
    "DeleteAgentRuntime": operations.delete_agent_runtime,
    "CreateAgentRuntimeEndpoint": endpoints.create_agent_runtime_endpoint,
    "GetAgentRuntimeEndpoint": endpoints.get_agent_runtime_endpoint,
    "ListAgentRuntimeEndpoints": endpoints.list_agent_runtime_endpoints,
    "UpdateAgentRuntimeEndpoint": endpoints.update_agent_runtime_endpoint,
    "DeleteAgentRuntimeEndpoint": endpoints.delete_agent_runtime_endpoint,
}

CONDITIONS: Final[access.Conditions] = {
    "DiscoveryUrl": ("authorizerConfiguration", "customJWTAuthorizer", "discoveryUrl"),
}


class RuntimeArea:
    """Runtimes of one account in one region. See `Area`."""

    def __init__(
        self,
        store: RuntimeStore,
        cloud: Cloud,
        archives: Archives,
        clock: Clock,
        new_id: NewId = random_id,
        spawn: Spawn = asyncio.create_task,
        gone: Callable[[str, str | None], None] | None = None,
    ) -> None:
        """Take the collaborators: see `Context` and `RuntimeWork`."""
        self._store = store
        self._cloud = cloud
        self._work = RuntimeWork(store, cloud, archives, clock, spawn)
        if gone is not None:
            self._work.gone = gone
        self._context = Context(store, cloud, self._work, clock, new_id)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Return the operations on runtimes and endpoints."""
        return {name: self._served(handler) for name, handler in HANDLERS.items()}

    def questions(self, caller: Caller, operation: str, members: JsonObject) -> Iterator[Question]:
        """Return what is asked: on the runtime, its endpoint, its code, its identity."""
        action = f"{access.PREFIX}:{operation}"
        identifier = str(members.get("agentRuntimeId", "*"))
        if identifier.startswith("arn:"):
            raise AccessRefused(f"User: {caller.arn} is not authorized to perform: {action}")
        arn = runtime_arn(self._cloud, identifier)
        yield Question(action, arn, access.conditions(CONDITIONS, members, self.tags(arn)))
        name = members.get("endpointName")
        if isinstance(name, str):
            yield Question(action, endpoint_arn(self._cloud, identifier, name))
        if operation == "CreateAgentRuntime":
            yield from self._questions_of_creation(str(members.get("agentRuntimeName", "*")))
        yield from _questions_of_code(members)

    def _questions_of_creation(self, name: str) -> Iterator[Question]:
        endpoint = endpoint_arn(self._cloud, f"{name}-*", DEFAULT_ENDPOINT)
        yield Question(f"{access.PREFIX}:CreateAgentRuntimeEndpoint", endpoint)
        action = f"{access.PREFIX}:CreateWorkloadIdentity"
        yield Question(action, identity_directory_arn(self._cloud))
        yield Question(action, workload_identity_arn(self._cloud, f"{name}-*"))

    def tags(self, arn: str) -> Mapping[str, str] | None:
        """Return the tags of a runtime or an endpoint, or None."""
        found = self._find(arn)
        return None if found is None else found.tags

    def put_tags(self, arn: str, tags: Mapping[str, str]) -> None:
        """Replace the tags of a runtime or an endpoint."""
        found = self._find(arn)
        if isinstance(found, Runtime):
            self._store.put_runtime(replace(found, tags=tags))
        elif found is not None:
            self._store.put_endpoint(replace(found, tags=tags))

    def resume(self) -> None:
        """Take up what was left CREATING, UPDATING or DELETING."""
        self._work.resume()

    async def settle(self) -> None:
        """Wait until nothing goes on."""
        await self._work.settle()

    def _served(self, handler: Handler) -> Callable[[Caller, JsonObject], Awaitable[JsonObject]]:
        async def operation(_: Caller, members: JsonObject) -> JsonObject:
            if "roleArn" in members:
                await self._take_role(members)
            return handler(self._context, members)

        return operation

    async def _take_role(self, members: JsonObject) -> None:
        name = members.get("agentRuntimeName", "")
        identifier = members.get("agentRuntimeId", f"{name}-*")
        try:
            await self._cloud.assume_role(
                members["roleArn"],
                service=SERVICE_PRINCIPAL,
                source_arn=runtime_arn(self._cloud, identifier),
                session_name="AgentCoreRuntime",
            )
        except RoleNotAssumable as error:
            raise ValidationFailed(
                f"Role validation failed for '{members['roleArn']}'. Please verify that the role "
                "exists and its trust policy allows assumption by this service"
            ) from error

    def _find(self, arn: str) -> Runtime | Endpoint | None:
        head, _, name = arn.partition("/runtime-endpoint/")
        runtime_id = head.rpartition("/")[2]
        if head != runtime_arn(self._cloud, runtime_id):
            return None
        if name:
            return self._store.endpoint(runtime_id, name)
        return self._store.runtime(runtime_id)


def _questions_of_code(members: JsonObject) -> Iterator[Question]:
    location: Any = members
    for name in ("agentRuntimeArtifact", "codeConfiguration", "code", "s3"):
        location = location.get(name) if isinstance(location, Mapping) else None
    if isinstance(location, Mapping) and {"bucket", "prefix"} <= location.keys():
        arn = f"arn:aws:s3:::{location['bucket']}/{location['prefix']}"
        yield Question("s3:GetObject", arn)
