"""The program that AgentCore Runtime starts for the platform: the agent that AGENT_NAME names."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

# As in main.py: LangGraph is imported faster without it.
gc.disable()

from minilm import threads  # noqa: E402 - see above

if TYPE_CHECKING:
    from bedrock_agentcore.runtime import BedrockAgentCoreApp

ORCHESTRATOR = "orchestrator"


def main() -> None:
    """Serve at once, and get ready for the first request meanwhile."""
    threads.use_one(os.environ)
    app = _orchestrator() if os.environ["AGENT_NAME"] == ORCHESTRATOR else _team_agent()
    from serving.entrypoint import listen  # noqa: PLC0415 - the agent has imported it

    listen(app, os.environ)


def _team_agent() -> BedrockAgentCoreApp:
    from team_agents import warming  # noqa: PLC0415 - each agent imports its own
    from team_agents.entrypoint import create_app  # noqa: PLC0415

    app = create_app()
    warming.make_agent()
    return app


def _orchestrator() -> BedrockAgentCoreApp:
    from orchestrator import warming  # noqa: PLC0415
    from orchestrator.entrypoint import create_app  # noqa: PLC0415

    app = create_app()
    warming.make_orchestrator()
    return app


if __name__ == "__main__":
    main()
