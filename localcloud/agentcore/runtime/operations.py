"""The operations on runtimes and their versions.

Sources: botocore operations of these names; Developer Guide, runtime versioning and endpoints;
quotas page. The wording of refusals is ours, and so is what a change under way forbids (claim
`agentcore-runtime.conflict`).
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.errors import Conflict, QuotaExceeded, ResourceNotFound
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.context import Context
from localcloud.agentcore.runtime.model import (
    DEFAULT_ENDPOINT,
    TRANSITIONAL,
    Endpoint,
    Runtime,
    Status,
    Version,
)
from localcloud.agentcore.runtime.rules import check_runtime
from localcloud.agentcore.runtime.views import runtime_summary, runtime_view

MAX_RUNTIMES: Final = 1000
MAX_VERSIONS: Final = 1000
"""Runtimes an account, and versions a runtime, may have (quotas page)."""

NOT_CONFIG: Final = frozenset({"clientToken", "tags", "agentRuntimeId", "agentRuntimeName"})


def find_runtime(context: Context, members: JsonObject) -> Runtime:
    """Return the runtime that `agentRuntimeId` names.

    Raises:
        ResourceNotFound: there is none.
    """
    identifier = members["agentRuntimeId"]
    runtime = context.store.runtime(identifier)
    if runtime is None:
        raise ResourceNotFound(f"Agent runtime {identifier} not found")
    return runtime


def find_version(context: Context, runtime: Runtime, number: str | None) -> Version:
    """Return a version of a runtime, the newest if `number` is None.

    Raises:
        ResourceNotFound: there is none.
    """
    if number is None:
        return context.store.versions(runtime.runtime_id)[-1]
    version = context.store.version(runtime.runtime_id, int(number))
    if version is None:
        raise ResourceNotFound(f"Version {number} of agent runtime {runtime.runtime_id} not found")
    return version


def create_agent_runtime(context: Context, members: JsonObject) -> JsonObject:
    """Make a runtime, its version 1 and its DEFAULT endpoint: CREATING until the code is read."""
    earlier = tokens.earlier_resource(context.store.tokens, "CreateAgentRuntime", members)
    if earlier and (runtime := context.store.runtime(earlier)):
        return runtime_view(context.cloud, runtime, find_version(context, runtime, None))
    check_runtime(members)
    _check_room(context, members["agentRuntimeName"])
    now = context.clock()
    runtime = Runtime(
        runtime_id=f"{members['agentRuntimeName']}-{context.new_id()}",
        name=members["agentRuntimeName"],
        created_at=now,
        tags=members.get("tags", {}),
    )
    version = Version(runtime.runtime_id, 1, _config(members), Status.CREATING, now, now)
    endpoint = Endpoint(
        runtime_id=runtime.runtime_id,
        name=DEFAULT_ENDPOINT,
        endpoint_id=f"{DEFAULT_ENDPOINT}-{context.new_id()}",
        target_version=1,
        status=Status.CREATING,
        created_at=now,
        updated_at=now,
    )
    context.store.put_runtime(runtime)
    context.store.put_endpoint(endpoint)
    tokens.remember(context.store.tokens, "CreateAgentRuntime", members, runtime.runtime_id)
    return _begin(context, runtime, version)


def get_agent_runtime(context: Context, members: JsonObject) -> JsonObject:
    """Show a runtime at one version, or its newest."""
    runtime = find_runtime(context, members)
    version = find_version(context, runtime, members.get("agentRuntimeVersion"))
    return runtime_view(context.cloud, runtime, version)


def list_agent_runtimes(context: Context, members: JsonObject) -> JsonObject:
    """Show a page of runtimes, oldest first, each at its newest version."""
    runtimes, token = page(
        context.store.runtimes(),
        members,
        scope="runtimes",
        key=lambda one: f"{one.created_at.isoformat()} {one.runtime_id}",
    )
    newest = ((runtime, find_version(context, runtime, None)) for runtime in runtimes)
    views = [runtime_summary(context.cloud, runtime, version) for runtime, version in newest]
    return {"agentRuntimes": views, "nextToken": token}


def list_agent_runtime_versions(context: Context, members: JsonObject) -> JsonObject:
    """Show a page of a runtime's versions, oldest first."""
    runtime = find_runtime(context, members)
    versions, token = page(
        context.store.versions(runtime.runtime_id),
        members,
        scope=f"versions {runtime.runtime_id}",
        key=lambda version: f"{version.number:05}",
    )
    views = [runtime_summary(context.cloud, runtime, version) for version in versions]
    return {"agentRuntimes": views, "nextToken": token}


def update_agent_runtime(context: Context, members: JsonObject) -> JsonObject:
    """Make a new version, of what is given and nothing else; DEFAULT goes over to it."""
    runtime = find_runtime(context, members)
    scope = f"UpdateAgentRuntime {runtime.runtime_id}"
    newest = find_version(context, runtime, None)
    if tokens.earlier_resource(context.store.tokens, scope, members):
        return runtime_view(context.cloud, runtime, newest)
    _check_settled(runtime, newest)
    check_runtime(members)
    if newest.number >= MAX_VERSIONS:
        raise QuotaExceeded(f"A runtime may have at most {MAX_VERSIONS} versions")
    now = context.clock()
    number = newest.number + 1
    version = Version(runtime.runtime_id, number, _config(members), Status.UPDATING, now, now)
    endpoint = context.store.endpoint(runtime.runtime_id, DEFAULT_ENDPOINT)
    if endpoint is not None:
        changed = replace(endpoint, target_version=number, failure_reason=None, updated_at=now)
        context.store.put_endpoint(replace(changed, status=Status.UPDATING))
    tokens.remember(context.store.tokens, scope, members, runtime.runtime_id)
    return _begin(context, runtime, version)


def delete_agent_runtime(context: Context, members: JsonObject) -> JsonObject:
    """Delete a runtime with its endpoints and sessions, or one version nobody points at."""
    runtime = find_runtime(context, members)
    if "agentRuntimeVersion" in members:
        return _delete_version(context, runtime, members["agentRuntimeVersion"])
    newest = find_version(context, runtime, None)
    if newest.status is not Status.DELETING:
        context.store.put_version(
            replace(newest, status=Status.DELETING, updated_at=context.clock())
        )
        context.work.start(runtime.runtime_id)
    return {"status": Status.DELETING.value, "agentRuntimeId": runtime.runtime_id}


def _delete_version(context: Context, runtime: Runtime, number: str) -> JsonObject:
    version = find_version(context, runtime, number)
    for endpoint in context.store.endpoints(runtime.runtime_id):
        if version.number in (endpoint.live_version, endpoint.target_version):
            raise Conflict(f"Version {number} is in use by endpoint {endpoint.name}")
    _check_settled(runtime, version)
    context.store.delete_version(version)
    return {
        "status": Status.DELETING.value,
        "agentRuntimeId": runtime.runtime_id,
        "agentRuntimeVersion": number,
    }


def _begin(context: Context, runtime: Runtime, version: Version) -> JsonObject:
    context.store.put_version(version)
    context.work.start(runtime.runtime_id)
    return runtime_view(context.cloud, runtime, version)


def _check_settled(runtime: Runtime, version: Version) -> None:
    if version.status in TRANSITIONAL:
        raise Conflict(
            f"Agent runtime {runtime.runtime_id} cannot be changed in {version.status} status"
        )


def _check_room(context: Context, name: str) -> None:
    runtimes = context.store.runtimes()
    if any(runtime.name == name for runtime in runtimes):
        raise Conflict(f"An agent runtime with name {name} already exists in your account")
    if len(runtimes) >= MAX_RUNTIMES:
        raise QuotaExceeded(f"The account may have at most {MAX_RUNTIMES} agent runtimes")


def _config(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if name not in NOT_CONFIG}
