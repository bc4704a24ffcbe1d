"""The identity client of AWS's SDK, whose import warns: its models are written for pydantic 1."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from bedrock_agentcore.identity import requires_access_token, requires_api_key
    from bedrock_agentcore.runtime import BedrockAgentCoreContext
    from bedrock_agentcore.services.identity import IdentityClient, TokenPoller, UserIdIdentifier

__all__ = [
    "BedrockAgentCoreContext",
    "IdentityClient",
    "TokenPoller",
    "UserIdIdentifier",
    "requires_access_token",
    "requires_api_key",
]
