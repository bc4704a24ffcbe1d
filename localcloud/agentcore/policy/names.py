"""ARNs of engines, policies and generations (botocore `PolicyEngineArn`, `PolicyArn`)."""

from localcloud.cloud import Cloud


def engine_arn(cloud: Cloud, engine_id: str) -> str:
    """Return the ARN of a policy engine; `*` stands for any."""
    return f"arn:aws:bedrock-agentcore:{cloud.region}:{cloud.account_id}:policy-engine/{engine_id}"


def policy_arn(cloud: Cloud, engine_id: str, policy_id: str) -> str:
    """Return the ARN of a policy."""
    return f"{engine_arn(cloud, engine_id)}/policy/{policy_id}"


def generation_arn(cloud: Cloud, engine_id: str, generation_id: str) -> str:
    """Return the ARN of a policy generation."""
    return f"{engine_arn(cloud, engine_id)}/policy-generation/{generation_id}"


def bare_id(arn: str) -> str:
    """Return the id an ARN ends in."""
    return arn.rpartition("/")[2]
