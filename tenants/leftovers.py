"""What of a tenant's is still there once its stack is gone.

CloudFormation answers for what it made itself. This looks at what is made by others in a tenant's
name: AgentCore's resources, the archives of its agents, and logs, which come to life again when a
function writes after its group was deleted.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from tenants.names import underscored

type Clients = Callable[[str], Any]
"""Returns a boto3 client by the service's name."""

AGENTCORE: Final = (
    ("list_gateways", "items", "name"),
    ("list_memories", "memories", "id"),
    ("list_policy_engines", "policyEngines", "name"),
    ("list_agent_runtimes", "agentRuntimes", "agentRuntimeName"),
)
"""Operation, its list, and what begins with the stack's name."""

LOGS: Final = (
    "/{stack}/",
    "/aws/bedrock-agentcore/runtimes/{name}_",
    "/aws/vendedlogs/bedrock-agentcore/gateway/APPLICATION_LOGS/{stack}-",
)


def leftovers(clients: Clients, stack: str, bucket: str | None) -> list[str]:
    """Return what there is of a tenant's, by its stack's name; `bucket` is the root's."""
    return [
        *_of_agentcore(clients("bedrock-agentcore-control"), stack),
        *_logs(clients("logs"), stack),
        *(_archives(clients("s3"), stack, bucket) if bucket else ()),
    ]


def _of_agentcore(control: Any, stack: str) -> Iterator[str]:  # noqa: ANN401 - many operations
    beginnings = f"{stack}-", f"{underscored(stack)}_"
    for operation, member, key in AGENTCORE:
        for page in control.get_paginator(operation).paginate():
            for one in page[member]:
                if one[key].startswith(beginnings):
                    yield f"{operation.removeprefix('list_')}: {one[key]}"


def _logs(logs: Any, stack: str) -> Iterator[str]:  # noqa: ANN401
    for prefix in LOGS:
        asked = prefix.format(stack=stack, name=underscored(stack))
        for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=asked):
            for group in page["logGroups"]:
                yield f"log group: {group['logGroupName']}"


def _archives(objects: Any, stack: str, bucket: str) -> Iterator[str]:  # noqa: ANN401
    prefix = f"{underscored(stack)}_"
    for page in objects.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for item in page.get("Contents", []):
            yield f"archive: s3://{bucket}/{item['Key']}"
