"""The operations on a runtime's endpoints.

Sources: botocore operations of these names; Developer Guide, runtime versioning and endpoints
(DEFAULT is made and moved by the service); quotas page. That DEFAULT can be neither updated nor
deleted, and that an endpoint needs a version that is READY, are ours (claim
`agentcore-runtime.endpoints.default`).
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.control.rules import check_tags
from localcloud.agentcore.errors import (
    Conflict,
    QuotaExceeded,
    ResourceNotFound,
    ValidationFailed,
)
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.context import Context
from localcloud.agentcore.runtime.model import DEFAULT_ENDPOINT, Endpoint, Runtime, Status, Version
from localcloud.agentcore.runtime.operations import find_runtime, find_version
from localcloud.agentcore.runtime.views import endpoint_view

MAX_ENDPOINTS: Final = 10
"""Endpoints a runtime may have (quotas page)."""


def create_agent_runtime_endpoint(context: Context, members: JsonObject) -> JsonObject:
    """Give a version, the newest if none is named, a name to be called by."""
    runtime = find_runtime(context, members)
    scope = f"CreateAgentRuntimeEndpoint {runtime.runtime_id}"
    if tokens.earlier_resource(context.store.tokens, scope, members):
        return endpoint_view(context.cloud, _find(context, runtime, members["name"]))
    check_tags(members.get("tags", {}))
    _check_room(context, runtime, members["name"])
    version = _ready_version(context, runtime, members.get("agentRuntimeVersion"))
    now = context.clock()
    endpoint = Endpoint(
        runtime_id=runtime.runtime_id,
        name=members["name"],
        endpoint_id=f"{members['name']}-{context.new_id()}",
        target_version=version.number,
        status=Status.CREATING,
        created_at=now,
        updated_at=now,
        description=members.get("description"),
        tags=members.get("tags", {}),
    )
    tokens.remember(context.store.tokens, scope, members, endpoint.endpoint_id)
    return _begin(context, endpoint)


def get_agent_runtime_endpoint(context: Context, members: JsonObject) -> JsonObject:
    """Show an endpoint."""
    runtime = find_runtime(context, members)
    return endpoint_view(context.cloud, _find(context, runtime, members["endpointName"]))


def list_agent_runtime_endpoints(context: Context, members: JsonObject) -> JsonObject:
    """Show a page of a runtime's endpoints, oldest first."""
    runtime = find_runtime(context, members)
    endpoints, token = page(
        context.store.endpoints(runtime.runtime_id),
        members,
        scope=f"endpoints {runtime.runtime_id}",
        key=lambda one: f"{one.created_at.isoformat()} {one.endpoint_id}",
    )
    views = [endpoint_view(context.cloud, endpoint) for endpoint in endpoints]
    return {"runtimeEndpoints": views, "nextToken": token}


def update_agent_runtime_endpoint(context: Context, members: JsonObject) -> JsonObject:
    """Let an endpoint point at another version; without one it stays where it is."""
    runtime = find_runtime(context, members)
    endpoint = _changeable(context, runtime, members["endpointName"])
    number = members.get("agentRuntimeVersion", str(endpoint.target_version))
    version = _ready_version(context, runtime, number)
    changed = replace(
        endpoint,
        target_version=version.number,
        status=Status.UPDATING,
        updated_at=context.clock(),
        description=members.get("description", endpoint.description),
        failure_reason=None,
    )
    return _begin(context, changed)


def delete_agent_runtime_endpoint(context: Context, members: JsonObject) -> JsonObject:
    """Delete an endpoint with its sessions."""
    runtime = find_runtime(context, members)
    endpoint = _changeable(context, runtime, members["endpointName"])
    return _begin(context, replace(endpoint, status=Status.DELETING, updated_at=context.clock()))


def _begin(context: Context, endpoint: Endpoint) -> JsonObject:
    context.store.put_endpoint(endpoint)
    context.work.start(endpoint.runtime_id)
    return endpoint_view(context.cloud, endpoint)


def _find(context: Context, runtime: Runtime, name: str) -> Endpoint:
    endpoint = context.store.endpoint(runtime.runtime_id, name)
    if endpoint is None:
        raise ResourceNotFound(f"Endpoint {name} of agent runtime {runtime.runtime_id} not found")
    return endpoint


def _changeable(context: Context, runtime: Runtime, name: str) -> Endpoint:
    endpoint = _find(context, runtime, name)
    if name == DEFAULT_ENDPOINT:
        raise ValidationFailed("The DEFAULT endpoint is managed by the service")
    return endpoint


def _ready_version(context: Context, runtime: Runtime, number: str | None) -> Version:
    version = find_version(context, runtime, number)
    if version.status is not Status.READY:
        raise Conflict(f"Version {version.number} is in {version.status} status, not READY")
    return version


def _check_room(context: Context, runtime: Runtime, name: str) -> None:
    endpoints = context.store.endpoints(runtime.runtime_id)
    if any(endpoint.name == name for endpoint in endpoints):
        raise Conflict(f"An endpoint with name {name} already exists for this agent runtime")
    if len(endpoints) >= MAX_ENDPOINTS:
        raise QuotaExceeded(f"A runtime may have at most {MAX_ENDPOINTS} endpoints")
