"""Identifiers and ARNs of memories (botocore `MemoryId`, `MemoryArn`)."""

from localcloud.agentcore.control.areas import NewId
from localcloud.cloud import Cloud


def memory_arn(cloud: Cloud, memory_id: str) -> str:
    """Return the ARN of a memory."""
    return f"arn:aws:bedrock-agentcore:{cloud.region}:{cloud.account_id}:memory/{memory_id}"


def bare_id(named: str) -> str:
    """Return the id in what names a memory: its id or its ARN."""
    return named.rpartition("/")[2]


def new_record_id(new_id: NewId) -> str:
    """Return an id of a memory record, 40 characters long (botocore `MemoryRecordId`)."""
    return f"mem-{''.join(new_id() for _ in range(4))[:36]}"
