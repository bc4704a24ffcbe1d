"""The operations on gateways.

Sources: botocore operations of these names; the refusal to delete a gateway with targets, and
`UpdateGateway operation can't be performed on gateway when it is in Failed state`, as seen in
public reports. That a change under way answers 409 is documented for the service; the wording of
409s is ours (claim `agentcore-control.gateway.conflict`).
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control import names, tokens
from localcloud.agentcore.control.context import Context
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.control.rules import check_gateway, check_tags
from localcloud.agentcore.control.views import gateway_summary, gateway_view
from localcloud.agentcore.control.work import TRANSITIONAL
from localcloud.agentcore.errors import (
    Conflict,
    QuotaExceeded,
    ResourceNotFound,
    ValidationFailed,
)
from localcloud.agentcore.model import Gateway, JsonObject, Status
from localcloud.cloud import Caller

MAX_GATEWAYS: Final = 1000
"""Gateways an account may have (quotas page)."""

NOT_CONFIG: Final = frozenset({"clientToken", "tags", "gatewayIdentifier"})


def find_gateway(context: Context, members: JsonObject) -> Gateway:
    """Return the gateway that `gatewayIdentifier` names.

    Raises:
        ResourceNotFound: there is none.
    """
    identifier = members["gatewayIdentifier"]
    gateway = context.store.gateway(identifier)
    if gateway is None:
        raise ResourceNotFound(f"Gateway {identifier} not found")
    return gateway


def create_gateway(context: Context, caller: Caller, members: JsonObject) -> JsonObject:
    """Make a gateway: it is CREATING until its role has been tried."""
    earlier = tokens.earlier_resource(context.store.tokens, "CreateGateway", members)
    if earlier and (gateway := context.store.gateway(earlier)):
        return gateway_view(context.cloud, gateway)
    config = _config(members)
    check_gateway(config)
    check_tags(members.get("tags", {}))
    _check_room(context, members["name"])
    now = context.clock()
    gateway = Gateway(
        gateway_id=names.gateway_id(members["name"], context.new_id()),
        name=members["name"],
        config=config,
        status=Status.CREATING,
        created_at=now,
        updated_at=now,
        tags=members.get("tags", {}),
    )
    tokens.remember(context.store.tokens, "CreateGateway", members, gateway.gateway_id)
    return _begin(context, caller, gateway)


def get_gateway(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a gateway."""
    return gateway_view(context.cloud, find_gateway(context, members))


def list_gateways(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of gateways, oldest first."""
    gateways, token = page(context.store.gateways(), members, scope="gateways", key=_sort_key)
    return {"items": [gateway_summary(gateway) for gateway in gateways], "nextToken": token}


def update_gateway(context: Context, caller: Caller, members: JsonObject) -> JsonObject:
    """Replace a gateway's configuration: what is not given is no longer set."""
    gateway = find_gateway(context, members)
    if gateway.status in TRANSITIONAL or gateway.status is Status.FAILED:
        raise Conflict(
            "UpdateGateway operation can't be performed on gateway when it is in "
            f"{gateway.status.capitalize()} state"
        )
    if members["name"] != gateway.name:
        raise ValidationFailed.of_field("name", "The name of a gateway cannot be changed")
    config = _config(members)
    check_gateway(config)
    changed = replace(gateway, config=config, updated_at=context.clock(), status_reasons=())
    return _begin(context, caller, replace(changed, status=Status.UPDATING))


def delete_gateway(context: Context, caller: Caller, members: JsonObject) -> JsonObject:
    """Delete a gateway that has no targets, whatever else becomes of it at the moment."""
    gateway = find_gateway(context, members)
    if context.store.targets(gateway.gateway_id):
        raise ValidationFailed(
            f"Gateway {gateway.gateway_id} has targets associated with it. "
            "Delete all targets before deleting the gateway.",
            reason="ResourceConflict",
        )
    if gateway.status is Status.DELETING:
        raise Conflict(
            "DeleteGateway operation can't be performed on gateway when it is in Deleting state"
        )
    deleting = replace(gateway, status=Status.DELETING, updated_at=context.clock())
    return _begin(context, caller, deleting)


def _begin(context: Context, caller: Caller, gateway: Gateway) -> JsonObject:
    context.store.put_gateway(gateway)
    context.store.put_caller(caller, gateway.gateway_id)
    context.work.start(gateway.gateway_id)
    return gateway_view(context.cloud, gateway)


def _check_room(context: Context, name: str) -> None:
    gateways = context.store.gateways()
    if any(gateway.name == name for gateway in gateways):
        raise Conflict(f"A gateway with name {name} already exists")
    if len(gateways) >= MAX_GATEWAYS:
        raise QuotaExceeded(f"The account may have at most {MAX_GATEWAYS} gateways")


def _config(members: JsonObject) -> JsonObject:
    return {name: value for name, value in members.items() if name not in NOT_CONFIG}


def _sort_key(gateway: Gateway) -> str:
    return f"{gateway.created_at.isoformat()} {gateway.gateway_id}"
