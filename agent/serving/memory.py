"""The platform's shared memory, as agents ask it that have no time to wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from platform_memory.manager import PlatformMemory

LIMIT_S: Final = 4.0
"""For one thing asked of memory: an answer does not wait longer for it."""

TIMEOUT_CODE: Final = "memory-timeout"
"""What is noted of a memory that took longer."""


def shared_memory(stores: Mapping[str, str]) -> PlatformMemory:
    """Return the memories of these ids, by the names that `stores` has them under."""
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    from platform_memory.manager import PlatformMemory  # noqa: PLC0415

    # Within LIMIT_S, or a thread would be busy with what nobody waits for.
    patience = Config(
        connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
    )
    return PlatformMemory(boto3.client("bedrock-agentcore", config=patience), stores)
