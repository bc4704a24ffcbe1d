"""The FAQ agent's app. Importing AWS's SDK warns: its models are written for pydantic 1."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from bedrock_agentcore.runtime import BedrockAgentCoreApp

    from faq.entrypoint import create_app

__all__ = ["BedrockAgentCoreApp", "create_app"]
