"""The app of the agents of teams, imported as in `faq_app`: the SDK warns."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from bedrock_agentcore.runtime import BedrockAgentCoreApp

    from team_agents.entrypoint import create_app

__all__ = ["BedrockAgentCoreApp", "create_app"]
