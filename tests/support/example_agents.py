"""Agents of examples/, each a process in its own environment, and the platform around them."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.support.laptop import ROOT
from tests.support.loopback import free_port

EXAMPLES = ROOT / "examples"
START_S = 60
"""Longest a framework may take to be imported, in seconds."""
ANSWER_S = 60
END_S = 20

type Json = dict[str, Any]


@dataclass(frozen=True)
class Example:
    """An agent: its package in examples/, and the environment it has."""

    name: str

    @property
    def python(self) -> Path:
        """Return the interpreter that has its framework."""
        return ROOT / ".local" / self.name / "bin" / "python"

    @property
    def program(self) -> Path:
        """Return what AgentCore Runtime starts."""
        return EXAMPLES / f"{self.name}_support" / "main.py"

    def run(self, program: str, variables: Mapping[str, str]) -> str:
        """Run a program in its environment; return what it prints."""
        done = subprocess.run(
            [self.python, "-c", program],
            env={**_own_variables(), **variables},
            stdout=subprocess.PIPE,
            text=True,
            timeout=START_S,
            check=True,
        )
        return done.stdout


@dataclass(frozen=True)
class Agent:
    """One that runs, and the file with all that it has printed."""

    url: str
    printed: Path

    def ask(self, token: str | None, **payload: object) -> httpx.Response:
        """Invoke it as AgentCore Runtime does, on behalf of whoever has the token."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.post(
            f"{self.url}/invocations", json=payload, headers=headers, timeout=ANSWER_S
        )

    def said(self, token: str, **payload: object) -> Json:
        """Invoke it, and return the reply of an answer."""
        response = self.ask(token, **payload)
        assert response.status_code == 200, response.text
        found: Json = response.json()
        return found


@contextmanager
def running(example: Example, home: Path, variables: Mapping[str, str]) -> Iterator[Agent]:
    """Start an agent with these variables and no others of AWS', and end it."""
    port = free_port()
    environment = {
        **_own_variables(),
        "HOME": str(home),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        **variables,
    }
    agent = Agent(f"http://127.0.0.1:{port}", home / "printed.txt")
    with agent.printed.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [example.python, example.program],
            cwd=home,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_for(agent, process)
        yield agent
    finally:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _own_variables() -> dict[str, str]:
    """Return this process's environment without AWS', and where an example finds its modules."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return {**kept, "PYTHONPATH": f"{EXAMPLES}:{ROOT / 'agent'}"}


def _wait_for(agent: Agent, process: "subprocess.Popen[bytes]") -> None:
    end_s = time.monotonic() + START_S
    with httpx.Client(transport=httpx.HTTPTransport()) as client:
        while time.monotonic() < end_s:
            assert process.poll() is None, agent.printed.read_text("utf-8")
            try:
                client.get(f"{agent.url}/ping", timeout=1).raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)  # nobody listens yet: the wait is bounded, see above
            else:
                return
    raise AssertionError(f"no agent after {START_S} s")
