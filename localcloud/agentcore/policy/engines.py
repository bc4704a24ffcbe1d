"""The operations on policy engines.

Sources: botocore operations of these names ("must not have any associated policies before
deletion"); quotas page. The wording of refusals is ours, and so is that an engine that gateways
still use can be deleted (claim `agentcore-policy.engine.attached`).
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.control.rules import check_tags
from localcloud.agentcore.errors import Conflict, QuotaExceeded
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.policy.context import (
    Context,
    expect_settled,
    find_engine,
    listed,
)
from localcloud.agentcore.policy.model import Engine, PolicyStatus
from localcloud.agentcore.policy.views import engine_view
from localcloud.cloud import Caller

MAX_ENGINES: Final = 1000
"""Engines an account may have in a region (quotas page)."""


def create_policy_engine(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Make an engine, without policies."""
    store = context.store
    earlier = tokens.earlier_resource(store.tokens, "CreatePolicyEngine", members)
    if earlier and (engine := store.engines.get(earlier)):
        return engine_view(context.cloud, engine)
    check_tags(members.get("tags", {}))
    _check_room(context, members["name"])
    now = context.clock()
    engine = Engine(
        engine_id=f"{members['name']}-{context.new_id()}",
        name=members["name"],
        config={
            name: members[name] for name in ("description", "encryptionKeyArn") if name in members
        },
        status=PolicyStatus.CREATING,
        created_at=now,
        updated_at=now,
        tags=members.get("tags", {}),
    )
    tokens.remember(store.tokens, "CreatePolicyEngine", members, engine.engine_id)
    return _begin(context, engine)


def get_policy_engine(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show an engine."""
    return engine_view(context.cloud, find_engine(context, members))


def list_policy_engines(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of engines."""
    engines, token = listed(context.store.engines.all(), members, "policy-engines")
    views = [engine_view(context.cloud, engine) for engine in engines]
    return {"policyEngines": views, "nextToken": token}


def update_policy_engine(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Change an engine's description: one without `optionalValue` removes it."""
    engine = find_engine(context, members)
    expect_settled("UpdatePolicyEngine", f"policy engine {engine.engine_id}", engine.status)
    changed = replace(engine, config=engine.config | described(members))
    now = context.clock()
    return _begin(context, replace(changed, status=PolicyStatus.UPDATING, updated_at=now))


def delete_policy_engine(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Delete an engine that has no policies."""
    engine = find_engine(context, members)
    expect_settled("DeletePolicyEngine", f"policy engine {engine.engine_id}", engine.status)
    if context.store.policies(engine.engine_id):
        raise Conflict(
            f"Policy engine {engine.engine_id} has policies associated with it. "
            "Delete all policies before deleting the policy engine."
        )
    deleting = replace(engine, status=PolicyStatus.DELETING, updated_at=context.clock())
    return _begin(context, deleting)


def described(members: JsonObject) -> JsonObject:
    """Return the description that an update asks for: None where it is to go."""
    if "description" not in members:
        return {}
    return {"description": members["description"].get("optionalValue")}


def _begin(context: Context, engine: Engine) -> JsonObject:
    context.store.engines.put(engine.engine_id, engine)
    context.work.start(engine)
    return engine_view(context.cloud, engine)


def _check_room(context: Context, name: str) -> None:
    engines = context.store.engines.all()
    if any(engine.name == name for engine in engines):
        raise Conflict(f"A policy engine with name {name} already exists")
    if len(engines) >= MAX_ENGINES:
        raise QuotaExceeded(f"The account may have at most {MAX_ENGINES} policy engines")
