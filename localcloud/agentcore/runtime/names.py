"""ARNs and URLs of runtimes and their endpoints.

Sources: botocore `AgentRuntimeArn`, `AgentRuntimeEndpointArn`; Developer Guide, runtime sessions
(the log group's name).
"""

from urllib.parse import quote

from localcloud.cloud import Cloud


def runtime_arn(cloud: Cloud, identifier: str) -> str:
    """Return the ARN of a runtime; `*` stands for any."""
    return f"arn:aws:bedrock-agentcore:{cloud.region}:{cloud.account_id}:runtime/{identifier}"


def endpoint_arn(cloud: Cloud, identifier: str, name: str) -> str:
    """Return the ARN of a runtime's endpoint."""
    return f"{runtime_arn(cloud, identifier)}/runtime-endpoint/{name}"


def invocation_url(cloud: Cloud, identifier: str) -> str:
    """Return the URL a runtime is called at."""
    arn = quote(runtime_arn(cloud, identifier), safe="")
    return f"https://bedrock-agentcore.{cloud.region}.amazonaws.com/runtimes/{arn}/invocations/"


def log_group(identifier: str, endpoint_name: str) -> str:
    """Return where the output of an endpoint's sessions goes."""
    return f"/aws/bedrock-agentcore/runtimes/{identifier}-{endpoint_name}"
