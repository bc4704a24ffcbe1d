"""The operations on workload identities.

Sources: botocore operations of these names; Developer Guide, workload identities (those of
gateways and runtimes); quotas page. The model of CreateWorkloadIdentity has no ConflictException:
claim `identity.workload.name-taken`. What a linked identity refuses is ours.
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control.names import workload_identity_arn
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.control.rules import check_tags
from localcloud.agentcore.errors import QuotaExceeded, ResourceNotFound, ValidationFailed
from localcloud.agentcore.identity.context import Context
from localcloud.agentcore.identity.model import Workload
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

MAX_WORKLOADS: Final = 11_000
"""Workload identities an account may have (quotas page)."""

DEFAULT_PAGE_SIZE: Final = 20
"""As many as a page may have (botocore `ListWorkloadIdentitiesRequest`)."""


def find_workload(context: Context, name: str) -> Workload:
    """Return the workload identity of this name.

    Raises:
        ResourceNotFound: there is none.
    """
    workload = context.directory.find(name)
    if workload is None:
        raise ResourceNotFound(f"WorkloadIdentity {name} not found")
    return workload


def create_workload_identity(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Make a workload identity."""
    name = members["name"]
    check_tags(members.get("tags", {}))
    if context.directory.find(name) is not None:
        message = f"WorkloadIdentity with name {name} already exists"
        raise ValidationFailed(message, reason="ResourceConflict")
    if len(context.store.workloads.all()) >= MAX_WORKLOADS:
        raise QuotaExceeded(f"The account may have at most {MAX_WORKLOADS} workload identities")
    now = context.clock()
    workload = Workload(name, now, now, _return_urls(members), members.get("tags", {}))
    context.store.workloads.put(name, workload)
    return _view(context.cloud, workload)


def get_workload_identity(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a workload identity."""
    return _view(context.cloud, find_workload(context, members["name"]))


def list_workload_identities(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of workload identities by name, those of gateways and runtimes among them."""
    asked = {**members, "maxResults": members.get("maxResults", DEFAULT_PAGE_SIZE)}
    everyone = context.directory.all()
    some, token = page(everyone, asked, scope="workloads", key=lambda workload: workload.name)
    summaries = [_summary(context.cloud, workload) for workload in some]
    return {"workloadIdentities": summaries, "nextToken": token}


def update_workload_identity(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Replace the URLs people may be sent back to."""
    workload = _own(context, members["name"])
    changed = replace(workload, return_urls=_return_urls(members), updated_at=context.clock())
    context.store.workloads.put(workload.name, changed)
    return _view(context.cloud, changed)


def delete_workload_identity(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Delete a workload identity, and the tokens that were kept for it."""
    workload = _own(context, members["name"])
    context.store.workloads.delete(workload.name)
    context.store.forget_tokens_of(workload=workload.name)
    return {}


def _own(context: Context, name: str) -> Workload:
    workload = find_workload(context, name)
    if workload.linked:
        raise ValidationFailed(f"WorkloadIdentity {name} is linked to a service")
    return workload


def _return_urls(members: JsonObject) -> tuple[str, ...]:
    return tuple(members.get("allowedResourceOauth2ReturnUrls") or ())


def _summary(cloud: Cloud, workload: Workload) -> JsonObject:
    arn = workload_identity_arn(cloud, workload.name)
    return {"name": workload.name, "workloadIdentityArn": arn}


def _view(cloud: Cloud, workload: Workload) -> JsonObject:
    return _summary(cloud, workload) | {
        "allowedResourceOauth2ReturnUrls": list(workload.return_urls),
        "createdTime": workload.created_at,
        "lastUpdatedTime": workload.updated_at,
    }
