"""The program of the platform's agents: what it needs before it listens."""

import json
import subprocess
import sys

import pytest

from tests.support.documents import ROOT

PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, "agent")
import platform_main
from team_agents import warming
warming.make_agent = lambda: None
import bedrock_agentcore.runtime
def run(self, **settings):
    heavy = ("langgraph", "langchain_core", "mcp", "numpy")
    print(json.dumps([one for one in heavy if one in sys.modules]))
bedrock_agentcore.runtime.BedrockAgentCoreApp.run = run
platform_main.main()
"""


@pytest.mark.parametrize("name", ["support-agent", "sales-agent", "sre-agent"])
def test_an_agent_listens_before_langgraph_and_mcp_are_there(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"AGENT_NAME": name},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(done.stdout) == []
