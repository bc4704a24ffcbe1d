"""The SDK's own client of AgentCore Runtime, unmodified: ask the agent of an ARN once.

python -W ignore runtime_client.py ARN PROMPT
"""

import json
import sys
import uuid

from bedrock_agentcore.runtime import AgentCoreRuntimeClient


def main(arn: str, prompt: str) -> None:
    """Print the agent's reply."""
    client = AgentCoreRuntimeClient()
    answer = client.invoke_agent_runtime(
        agent_runtime_arn=arn,
        runtime_session_id=f"session-{uuid.uuid4()}",
        payload=json.dumps({"prompt": prompt}),
    )
    print(answer["response"].read().decode())


if __name__ == "__main__":
    main(*sys.argv[1:])
