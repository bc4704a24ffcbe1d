"""Runtimes, versions and endpoints as the API shows them.

Sources: botocore `GetAgentRuntimeResponse`, `AgentRuntime`, `AgentRuntimeEndpoint`.
"""

from localcloud.agentcore.control.names import workload_identity_arn
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.runtime.model import Endpoint, Runtime, Version
from localcloud.agentcore.runtime.names import endpoint_arn, runtime_arn
from localcloud.cloud import Cloud


def runtime_view(cloud: Cloud, runtime: Runtime, version: Version) -> JsonObject:
    """Return everything there is to say of a version of a runtime, except its tags."""
    return {
        "networkConfiguration": {"networkMode": "PUBLIC"},
        **{name: value for name, value in version.config.items() if name != "tags"},
        "lifecycleConfiguration": version.lifecycle,
        "agentRuntimeArn": runtime_arn(cloud, runtime.runtime_id),
        "agentRuntimeId": runtime.runtime_id,
        "agentRuntimeName": runtime.name,
        "agentRuntimeVersion": str(version.number),
        "createdAt": runtime.created_at,
        "lastUpdatedAt": version.updated_at,
        "status": version.status.value,
        "failureReason": version.failure_reason,
        "workloadIdentityDetails": {
            "workloadIdentityArn": workload_identity_arn(cloud, runtime.runtime_id)
        },
    }


def runtime_summary(cloud: Cloud, runtime: Runtime, version: Version) -> JsonObject:
    """Return what a list says of a runtime or a version."""
    return {
        "agentRuntimeArn": runtime_arn(cloud, runtime.runtime_id),
        "agentRuntimeId": runtime.runtime_id,
        "agentRuntimeVersion": str(version.number),
        "agentRuntimeName": runtime.name,
        "description": version.config.get("description", ""),
        "lastUpdatedAt": version.updated_at,
        "status": version.status.value,
    }


def endpoint_view(cloud: Cloud, endpoint: Endpoint) -> JsonObject:
    """Return everything there is to say of an endpoint, under the names of all its operations."""
    live = endpoint.live_version
    return {
        "agentRuntimeEndpointArn": endpoint_arn(cloud, endpoint.runtime_id, endpoint.name),
        "agentRuntimeArn": runtime_arn(cloud, endpoint.runtime_id),
        "agentRuntimeId": endpoint.runtime_id,
        "id": endpoint.endpoint_id,
        "name": endpoint.name,
        "endpointName": endpoint.name,
        "targetVersion": str(endpoint.target_version),
        "liveVersion": None if live is None else str(live),
        "description": endpoint.description,
        "failureReason": endpoint.failure_reason,
        "status": endpoint.status.value,
        "createdAt": endpoint.created_at,
        "lastUpdatedAt": endpoint.updated_at,
    }
