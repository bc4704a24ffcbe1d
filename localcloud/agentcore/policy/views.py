"""Engines, policies, generations and assets as the API shows them.

Summaries are the same members without what a customer's key encrypts; the reply's model leaves
out the rest.

Sources: botocore `GetPolicyEngineResponse`, `GetPolicyResponse`, `PolicySummary` and the others.
"""

from localcloud.agentcore.model import JsonObject
from localcloud.agentcore.policy.model import Asset, Engine, EnginePolicy, Generation
from localcloud.agentcore.policy.names import engine_arn, generation_arn, policy_arn
from localcloud.cloud import Cloud


def engine_view(cloud: Cloud, engine: Engine) -> JsonObject:
    """Return everything there is to say of an engine, except its tags."""
    return {
        **engine.config,
        "policyEngineId": engine.engine_id,
        "name": engine.name,
        "createdAt": engine.created_at,
        "updatedAt": engine.updated_at,
        "policyEngineArn": engine_arn(cloud, engine.engine_id),
        "status": engine.status.value,
        "statusReasons": [],
    }


def policy_view(cloud: Cloud, policy: EnginePolicy) -> JsonObject:
    """Return everything there is to say of a policy."""
    return {
        **policy.shown,
        "policyId": policy.policy_id,
        "name": policy.name,
        "policyEngineId": policy.engine_id,
        "createdAt": policy.created_at,
        "updatedAt": policy.updated_at,
        "policyArn": policy_arn(cloud, policy.engine_id, policy.policy_id),
        "status": policy.status.value,
        "statusReasons": list(policy.status_reasons),
    }


def generation_view(cloud: Cloud, generation: Generation) -> JsonObject:
    """Return everything there is to say of a generation, except its assets."""
    made = sum(asset.statement is not None for asset in generation.assets)
    lost = len(generation.assets) - made
    return {
        "policyEngineId": generation.engine_id,
        "policyGenerationId": generation.generation_id,
        "name": generation.name,
        "policyGenerationArn": generation_arn(
            cloud, generation.engine_id, generation.generation_id
        ),
        "resource": {"arn": generation.gateway_arn},
        "createdAt": generation.created_at,
        "updatedAt": generation.updated_at,
        "status": generation.status.value,
        "findings": f"{made} statements, {lost} not translatable" if generation.assets else None,
        "statusReasons": list(generation.status_reasons),
    }


def asset_view(asset: Asset) -> JsonObject:
    """Return a generated asset. What could not be translated has no definition."""
    statement = asset.statement
    return {
        "policyGenerationAssetId": asset.asset_id,
        "definition": None if statement is None else {"cedar": {"statement": statement}},
        "rawTextFragment": asset.fragment,
        "findings": [
            {"type": finding.type, "description": finding.description} for finding in asset.findings
        ],
    }
