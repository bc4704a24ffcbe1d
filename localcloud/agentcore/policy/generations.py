"""The operations on policy generations.

Sources: botocore operations of these names (assets are kept for 7 days, 10 a page). That the name
need not be unique is ours: nothing deletes a generation (claim `agentcore-policy.generation`).
"""

from typing import Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.control.names import gateway_arn
from localcloud.agentcore.control.paging import page
from localcloud.agentcore.errors import ResourceNotFound
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.policy.context import (
    Context,
    find_engine,
    find_generation,
    listed,
    settled_engine,
)
from localcloud.agentcore.policy.model import Generation, GenerationStatus
from localcloud.agentcore.policy.names import bare_id
from localcloud.agentcore.policy.views import asset_view, generation_view
from localcloud.cloud import Caller

ASSETS_A_PAGE: Final = 10
"""When `maxResults` is not given (botocore `ListPolicyGenerationAssets`)."""


def start_policy_generation(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Begin to turn a text into policies for one gateway, which need not use the engine yet."""
    engine = settled_engine(context, members, "StartPolicyGeneration")
    scope = f"StartPolicyGeneration {engine.engine_id}"
    store = context.store
    earlier = tokens.earlier_resource(store.tokens, scope, members)
    if earlier and (generation := store.generations.get(earlier)):
        return generation_view(context.cloud, generation)
    now = context.clock()
    generation = Generation(
        generation_id=f"{members['name']}-{context.new_id()}",
        engine_id=engine.engine_id,
        name=members["name"],
        gateway_arn=_gateway(context, members["resource"]["arn"]),
        raw_text=members["content"]["rawText"],
        status=GenerationStatus.GENERATING,
        created_at=now,
        updated_at=now,
    )
    tokens.remember(store.tokens, scope, members, generation.generation_id)
    store.generations.put(generation.generation_id, generation)
    context.work.start(generation)
    return generation_view(context.cloud, generation)


def get_policy_generation(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a generation."""
    return generation_view(context.cloud, find_generation(context, members))


def list_policy_generations(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of an engine's generations."""
    engine = find_engine(context, members)
    of_engine = tuple(
        generation
        for generation in context.store.generations.all()
        if generation.engine_id == engine.engine_id
    )
    some, token = listed(of_engine, members, f"generations {engine.engine_id}")
    views = [generation_view(context.cloud, generation) for generation in some]
    return {"policyGenerations": views, "nextToken": token}


def list_policy_generation_assets(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of what a generation has made, in the order of its text."""
    generation = find_generation(context, members)
    asked = {**members, "maxResults": members.get("maxResults", ASSETS_A_PAGE)}
    numbered = list(enumerate(generation.live_assets(context.clock())))
    scope = f"assets {generation.generation_id}"
    some, token = page(numbered, asked, scope=scope, key=lambda item: f"{item[0]:06}")
    return {
        "policyGenerationAssets": [asset_view(asset) for _, asset in some],
        "nextToken": token,
    }


def _gateway(context: Context, arn: str) -> str:
    gateway = context.gateways.gateway(bare_id(arn))
    if gateway is None or arn != gateway_arn(context.cloud, gateway.gateway_id):
        raise ResourceNotFound(f"Gateway not found: {arn}")
    return arn
