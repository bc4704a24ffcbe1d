"""The operations on tags. Gateways are the only resources here that have any.

Sources: botocore operations of these names, `TagsMap` (50 tags).
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control.context import Context
from localcloud.agentcore.control.names import gateway_arn
from localcloud.agentcore.control.rules import check_tags
from localcloud.agentcore.errors import QuotaExceeded, ResourceNotFound
from localcloud.agentcore.model import Gateway, JsonObject
from localcloud.cloud import Caller

MAX_TAGS: Final = 50


def tag_resource(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Set tags; those that are not named stay as they are."""
    gateway = _find(context, members["resourceArn"])
    check_tags(members["tags"])
    tags = {**gateway.tags, **members["tags"]}
    if len(tags) > MAX_TAGS:
        raise QuotaExceeded(f"A resource may have at most {MAX_TAGS} tags")
    context.store.put_gateway(replace(gateway, tags=tags))
    return {}


def untag_resource(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Remove tags; those that are not there do not matter."""
    gateway = _find(context, members["resourceArn"])
    gone = frozenset(members["tagKeys"])
    tags = {name: value for name, value in gateway.tags.items() if name not in gone}
    context.store.put_gateway(replace(gateway, tags=tags))
    return {}


def list_tags_for_resource(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a resource's tags."""
    return {"tags": dict(_find(context, members["resourceArn"]).tags)}


def _find(context: Context, arn: str) -> Gateway:
    gateway_id = arn.rpartition("/")[2]
    gateway = context.store.gateway(gateway_id)
    if gateway is None or arn != gateway_arn(context.cloud, gateway_id):
        raise ResourceNotFound(f"Resource {arn} not found")
    return gateway
