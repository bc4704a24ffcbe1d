"""A client of AgentCore Runtime that nobody here wrote."""

import json

from tests.support.laptop import ROOT, Cloud, Stack

CLIENT = ROOT / "tests" / "support" / "clients" / "runtime_client.py"
PROMPT = "How do I activate roaming?"


def test_the_sdk_s_own_client_reaches_the_agent(cloud: Cloud, stack: Stack) -> None:
    python = str(ROOT / ".venv" / "bin" / "python")
    arn = stack.outputs["FaqAgentRuntimeArn"]
    # Its models are written for pydantic 1, of which pydantic warns.
    done = cloud.run(python, "-W", "ignore", str(CLIENT), arn, PROMPT)

    assert done.status == 0, done.output
    reply = json.loads(done.output.splitlines()[-1])
    assert "*123#" in reply["result"]
    assert [one["question"] for one in reply["sources"]] == [PROMPT]
