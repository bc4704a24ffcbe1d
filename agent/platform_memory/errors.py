"""What can go wrong with shared memory. Each class is one reason, `code` is stable.

PlatformMemoryError
├── UnknownStore         no store has this name
├── MemoryRefused        AgentCore Memory refuses what is asked, or does not know the memory
└── MemoryUnavailable    AgentCore Memory cannot be reached, or has no capacity: try again
"""

from __future__ import annotations

from typing import ClassVar


class PlatformMemoryError(Exception):
    """An expected failure, with a message for people."""

    code: ClassVar[str] = "platform-memory-error"


class UnknownStore(PlatformMemoryError):
    """No store has this name."""

    code = "unknown-store"


class MemoryRefused(PlatformMemoryError):
    """AgentCore Memory refuses what is asked, or does not know the memory."""

    code = "memory-refused"


class MemoryUnavailable(PlatformMemoryError):
    """AgentCore Memory cannot be reached, or has no capacity: try again."""

    code = "memory-unavailable"
