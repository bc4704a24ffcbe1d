"""The memory clients of AWS's SDK, whose import warns: its models are written for pydantic 1."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from bedrock_agentcore.memory import MemoryClient
    from bedrock_agentcore.memory.constants import ConversationalMessage, MessageRole
    from bedrock_agentcore.memory.session import MemorySessionManager

__all__ = ["ConversationalMessage", "MemoryClient", "MemorySessionManager", "MessageRole"]
