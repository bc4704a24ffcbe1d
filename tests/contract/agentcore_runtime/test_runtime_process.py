"""An agent's process without the service around it."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WAIT_S = 10
CLOUD = """
import asyncio, sys
from pathlib import Path
from localcloud.agentcore.runtime.process import PROTOCOLS, AgentProcess, Program, base_environment
from localcloud.agentcore.runtime.service import agent_client


class Output:
    def write(self, chunk):
        sys.stdout.buffer.write(chunk)
        sys.stdout.flush()

    async def close(self):
        pass


async def main():
    folder = Path(sys.argv[1])
    made = Program(sys.executable, folder, "main.py", PROTOCOLS["HTTP"], base_environment())
    process = await AgentProcess.start(made, agent_client(), Output(), folder)
    await process.healthy()
    await asyncio.Event().wait()


asyncio.run(main())
"""
AGENT = """
import os, subprocess, sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()


child = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait()"])
server = HTTPServer(("0.0.0.0", 8080), Agent)
print(os.getpid(), child.pid)
server.serve_forever()
"""


@pytest.mark.fidelity("agentcore-runtime.processes-end")
def test_an_agent_and_what_it_started_end_with_a_cloud_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(AGENT, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", CLOUD, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as cloud:
        assert cloud.stdout is not None
        assert select.select([cloud.stdout], [], [], WAIT_S)[0], "the agent said nothing"
        handles = [os.pidfd_open(int(pid)) for pid in cloud.stdout.readline().split()]
        os.kill(cloud.pid, signal.SIGKILL)
        ended = [bool(select.select([handle], [], [], WAIT_S)[0]) for handle in handles]
        for handle in handles:
            os.close(handle)
    assert ended == [True, True]
