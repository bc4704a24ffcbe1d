"""The operations on policies.

Sources: botocore operations of these names (a policy's name is "unique within the account"; an
omitted enforcementMode stays); quotas page. The wording of refusals is ours.
"""

from dataclasses import replace
from typing import Final

from localcloud.agentcore.control import tokens
from localcloud.agentcore.errors import (
    Conflict,
    QuotaExceeded,
    ResourceNotFound,
    ValidationFailed,
)
from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.policy.context import (
    Context,
    expect_settled,
    find_engine,
    find_policy,
    listed,
    settled_engine,
)
from localcloud.agentcore.policy.engines import described
from localcloud.agentcore.policy.model import EnginePolicy, PolicyStatus
from localcloud.agentcore.policy.views import policy_view
from localcloud.cloud import Caller

MAX_POLICIES: Final = 1000
"""Policies an engine may have (quotas page)."""

STRICT: Final = "FAIL_ON_ANY_FINDINGS"
CONFIG: Final = ("description", "definition", "enforcementMode")


def create_policy(context: Context, caller: Caller, members: JsonObject) -> JsonObject:
    """Make a policy: it is CREATING, and decides nothing, until it has been validated."""
    engine = settled_engine(context, members, "CreatePolicy")
    scope = f"CreatePolicy {engine.engine_id}"
    earlier = tokens.earlier_resource(context.store.tokens, scope, members)
    if earlier and (policy := context.store.policy(earlier)):
        return policy_view(context.cloud, policy)
    definition = _cedar(context, engine.engine_id, members["definition"])
    _check_room(context, engine.engine_id, members["name"])
    given: JsonObject = {name: members[name] for name in CONFIG if name in members}
    now = context.clock()
    policy = EnginePolicy(
        policy_id=f"{members['name']}-{context.new_id()}",
        engine_id=engine.engine_id,
        name=members["name"],
        config={"enforcementMode": "ACTIVE", **given, "definition": definition},
        status=PolicyStatus.CREATING,
        created_at=now,
        updated_at=now,
        caller=caller,
        strict=members.get("validationMode", STRICT) == STRICT,
    )
    tokens.remember(context.store.tokens, scope, members, policy.policy_id)
    return _begin(context, policy)


def get_policy(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a policy."""
    return policy_view(context.cloud, find_policy(context, members))


def list_policies(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Show a page of an engine's policies, or of those that speak of one gateway or of any."""
    engine = find_engine(context, members)
    policies = context.store.policies(engine.engine_id)
    resource = members.get("targetResourceScope")
    if resource is not None:
        policies = tuple(policy for policy in policies if _is_about(policy, resource))
    some, token = listed(policies, members, f"policies {engine.engine_id} {resource or ''}")
    return {
        "policies": [policy_view(context.cloud, policy) for policy in some],
        "nextToken": token,
    }


def update_policy(context: Context, caller: Caller, members: JsonObject) -> JsonObject:
    """Change what is given of a policy; the rest stays as it is."""
    settled_engine(context, members, "UpdatePolicy")
    policy = find_policy(context, members)
    expect_settled("UpdatePolicy", f"policy {policy.policy_id}", policy.status)
    if not policy.in_force:
        raise Conflict(
            f"UpdatePolicy can't be performed on policy {policy.policy_id} when it is in "
            f"{policy.status} state"
        )
    given: JsonObject = {name: members[name] for name in CONFIG if name in members}
    change = given | described(members)
    if "definition" in change:
        change["definition"] = _cedar(context, policy.engine_id, change["definition"])
    updating = replace(
        policy,
        change=change,
        status=PolicyStatus.UPDATING,
        status_reasons=(),
        caller=caller,
        strict=members.get("validationMode", STRICT) == STRICT,
        updated_at=context.clock(),
    )
    return _begin(context, updating)


def delete_policy(context: Context, _: Caller, members: JsonObject) -> JsonObject:
    """Delete a policy. It is in force until it is gone."""
    settled_engine(context, members, "DeletePolicy")
    policy = find_policy(context, members)
    expect_settled("DeletePolicy", f"policy {policy.policy_id}", policy.status)
    deleting = replace(policy, status=PolicyStatus.DELETING, updated_at=context.clock())
    return _begin(context, deleting)


def _begin(context: Context, policy: EnginePolicy) -> JsonObject:
    context.store.put_policy(policy)
    context.work.start(policy)
    return policy_view(context.cloud, policy)


def _cedar(context: Context, engine_id: str, definition: JsonObject) -> JsonObject:
    """Return a definition as Cedar, from the asset of a generation where it names one.

    Raises:
        ResourceNotFound: there is no such asset, or no more.
        ValidationFailed: it is in another language, or the asset has no statement.
    """
    if "policy" in definition:
        message = "Only Cedar policies are available on this cloud, no Dogwood policies"
        raise ValidationFailed.of_field("definition.policy", message)
    if "cedar" in definition:
        return definition
    named: JsonObject = definition["policyGeneration"]
    statement = _generated(context, engine_id, named)
    if statement is None:
        message = "The asset has no statement: its text could not be translated"
        raise ValidationFailed.of_field("definition.policyGeneration", message)
    return {"cedar": {"statement": statement}}


def _generated(context: Context, engine_id: str, named: JsonObject) -> str | None:
    generation = context.store.generations.get(named["policyGenerationId"])
    if generation is not None and generation.engine_id == engine_id:
        for asset in generation.live_assets(context.clock()):
            if asset.asset_id == named["policyGenerationAssetId"]:
                return asset.statement
    raise ResourceNotFound(f"Policy generation asset not found: {named['policyGenerationAssetId']}")


def _check_room(context: Context, engine_id: str, name: str) -> None:
    if any(policy.name == name for policy in context.store.policies()):
        raise Conflict(f"A policy with name {name} already exists")
    if len(context.store.policies(engine_id)) >= MAX_POLICIES:
        raise QuotaExceeded(f"A policy engine may have at most {MAX_POLICIES} policies")


def _is_about(policy: EnginePolicy, resource: str) -> bool:
    statement = policy.statement
    return f'"{resource}"' in statement or "AgentCore::Gateway::" not in statement
