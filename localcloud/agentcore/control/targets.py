"""The operations on a gateway's targets.

Sources: botocore operations of these names; `Cannot perform operation CreateGatewayTarget when
gateway is in CREATING status` as in awslabs/agentcore-samples issue 1145 (and the same for FAILED
elsewhere); quotas page. Which operations on a target its own status forbids is partly ours (claim
`agentcore-control.target.transitional`).
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.control.context import Context
from localcloud.agentcore.control.gateways import find_gateway
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.control.target_rules import check_target
from localcloud.agentcore.control.views import target_summary, target_view
from localcloud.agentcore.control.work import TRANSITIONAL
from localcloud.agentcore.errors import (
    Conflict,
    QuotaExceeded,
    ResourceNotFound,
    Throttled,
    ValidationFailed,
)
from localcloud.agentcore.gateway.listed import is_synchronized
from localcloud.agentcore.model import Gateway, JsonObject, Status, Target
from localcloud.cloud import Caller

MAX_TARGETS: Final = 100
"""Targets a gateway may have (quotas page)."""

MAX_CONCURRENT: Final = 5
"""Operations on targets of one gateway at once (quotas page)."""

SETTLED_GATEWAY: Final = frozenset({Status.READY, Status.UPDATE_UNSUCCESSFUL})
NOT_CONFIG: Final = frozenset({"clientToken", "gatewayIdentifier", "targetId"})


def create_gateway_target(context: Context, caller: Caller, members: JsonObject) -> JsonObject:
    """Make a target: it is CREATING until its tools have been imported."""
    gateway = find_gateway(context, members)
    scope = f"CreateGatewayTarget {gateway.gateway_id}"
    earlier = tokens.earlier_resource(context.store.tokens, scope, members)
    if earlier and (target := context.store.target(gateway.gateway_id, earlier)):
        return target_view(context.cloud, target)
    _check_gateway(gateway, "CreateGatewayTarget")
    config = _config(members)
    check_target(gateway, config)
    _check_room(context, gateway, config["name"])
    now = context.clock()
    target = Target(
        target_id=context.new_id().upper(),
        gateway_id=gateway.gateway_id,
        name=config["name"],
        config=config,
        status=Status.CREATING,
        created_at=now,
        updated_at=now,
    )
    tokens.remember(context.store.tokens, scope, members, target.target_id)
    return _begin(context, caller, target)


def get_gateway_target(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a target."""
    gateway = find_gateway(context, members)
    return target_view(context.cloud, _find(context, gateway, members["targetId"]))


def list_gateway_targets(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of a gateway's targets, oldest first."""
    gateway = find_gateway(context, members)
    targets, token = page(
        context.store.targets(gateway.gateway_id),
        members,
        scope=f"targets {gateway.gateway_id}",
        key=_sort_key,
    )
    return {"items": [target_summary(target) for target in targets], "nextToken": token}


def update_gateway_target(context: Context, caller: Caller, members: JsonObject) -> JsonObject:
    """Replace a target's configuration and import its tools anew."""
    gateway = find_gateway(context, members)
    target = _find(context, gateway, members["targetId"])
    _check_gateway(gateway, "UpdateGatewayTarget")
    _check_status(target, "UpdateGatewayTarget", TRANSITIONAL)
    config = _config(members)
    check_target(gateway, config)
    if config["name"] != target.name:
        _check_name(context, gateway, config["name"])
    _check_concurrency(context, gateway)
    changed = replace(target, name=config["name"], config=config)
    return _begin(context, caller, _moved(context, changed, Status.UPDATING))


def delete_gateway_target(context: Context, caller: Caller, members: JsonObject) -> JsonObject:
    """Delete a target, whatever becomes of it at the moment."""
    gateway = find_gateway(context, members)
    target = _find(context, gateway, members["targetId"])
    _check_gateway(gateway, "DeleteGatewayTarget")
    _check_status(target, "DeleteGatewayTarget", frozenset({Status.DELETING}))
    _check_concurrency(context, gateway)
    return _begin(context, caller, _moved(context, target, Status.DELETING))


def synchronize_gateway_targets(
    context: Context, caller: Caller, members: JsonObject
) -> JsonObject:
    """Import the tools of MCP servers anew. Other targets have nothing to synchronize with."""
    gateway = find_gateway(context, members)
    targets = [_find(context, gateway, target_id) for target_id in members["targetIdList"]]
    _check_gateway(gateway, "SynchronizeGatewayTargets")
    for target in targets:
        _check_status(target, "SynchronizeGatewayTargets", TRANSITIONAL)
        _check_live(target)
    _check_concurrency(context, gateway)
    views = [
        _begin(context, caller, _moved(context, target, Status.SYNCHRONIZING)) for target in targets
    ]
    return {"targets": views}


def _begin(context: Context, caller: Caller, target: Target) -> JsonObject:
    context.store.put_target(target)
    context.store.put_caller(caller, target.gateway_id, target.target_id)
    context.work.start(target.gateway_id, target.target_id)
    return target_view(context.cloud, target)


def _moved(context: Context, target: Target, status: Status) -> Target:
    return replace(target, status=status, status_reasons=(), updated_at=context.clock())


def _find(context: Context, gateway: Gateway, target_id: str) -> Target:
    target = context.store.target(gateway.gateway_id, target_id)
    if target is None:
        raise ResourceNotFound(f"Target {target_id} not found in gateway {gateway.gateway_id}")
    return target


def _check_gateway(gateway: Gateway, operation: str) -> None:
    if gateway.status not in SETTLED_GATEWAY:
        raise ValidationFailed(
            f"Cannot perform operation {operation} when gateway is in {gateway.status} status",
            reason="ResourceConflict",
        )


def _check_status(target: Target, operation: str, forbidden: frozenset[Status]) -> None:
    if target.status in forbidden:
        raise ValidationFailed(
            f"Cannot perform operation {operation} when target is in {target.status} status",
            reason="ResourceConflict",
        )


def _check_live(target: Target) -> None:
    if not is_synchronized(target):
        message = (
            "Only MCP server targets with listing mode DEFAULT and without a static tool schema "
            "can be synchronized"
        )
        raise ValidationFailed.of_field("targetIdList", message)


def _check_room(context: Context, gateway: Gateway, name: str) -> None:
    _check_name(context, gateway, name)
    if len(context.store.targets(gateway.gateway_id)) >= MAX_TARGETS:
        raise QuotaExceeded(f"A gateway may have at most {MAX_TARGETS} targets")
    _check_concurrency(context, gateway)


def _check_name(context: Context, gateway: Gateway, name: str) -> None:
    if any(target.name == name for target in context.store.targets(gateway.gateway_id)):
        raise Conflict(f"A target with name {name} already exists in gateway {gateway.gateway_id}")


def _check_concurrency(context: Context, gateway: Gateway) -> None:
    targets = context.store.targets(gateway.gateway_id)
    if sum(target.status in TRANSITIONAL for target in targets) >= MAX_CONCURRENT:
        raise Throttled(
            f"At most {MAX_CONCURRENT} targets of gateway {gateway.gateway_id} may change at once"
        )


def _config(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if name not in NOT_CONFIG}


def _sort_key(target: Target) -> str:
    return f"{target.created_at.isoformat()} {target.target_id}"
