"""Servers under measurement, each in a process of its own."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
PEERS_PYTHON = str(ROOT / ".local" / "bench" / "bin" / "python")
"""What localcore-gateway runs in: its pins collide with ours."""

LOG = ROOT / ".local" / "bench.log"
"""What the servers had to say."""

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 10.0
PROGRAM_TIMEOUT_S = 300.0


class ServerFailed(Exception):
    """A server did not start."""


def figures_of(module: str, *arguments: str) -> Mapping[str, Any]:
    """Run a module that prints its figures as JSON; return them. numpy computes in one thread."""
    done = subprocess.run(
        (PYTHON, "-m", module, *arguments),
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT / 'agent'}:{ROOT}",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        },
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PROGRAM_TIMEOUT_S,
        check=True,
    )
    figures: Mapping[str, Any] = json.loads(done.stdout)
    return figures


@contextmanager
def server(module: str, *arguments: str, python: str = PYTHON) -> Iterator[str]:
    """Run a module that serves HTTP and prints its port; give its URL.

    Raises:
        ServerFailed: it ended, or named no port within START_TIMEOUT_S.
    """
    command = [python, "-W", "ignore", "-m", module, *arguments]
    with LOG.open("a", encoding="utf-8") as log, _started(command, log) as process:
        try:
            yield f"http://127.0.0.1:{_port(module, process.stdout)}"
        finally:
            process.terminate()
            _reap(process)


def _started(command: list[str], log: IO[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)


def _port(module: str, stdout: IO[str] | None) -> int:
    if stdout is None:
        raise ServerFailed(f"{module} has no standard output")
    ready, _, _ = select.select([stdout], [], [], START_TIMEOUT_S)
    line = stdout.readline().strip() if ready else ""
    if not line.isdecimal():
        raise ServerFailed(f"{module} did not start; see {LOG}")
    return int(line)


def _reap(process: "subprocess.Popen[str]") -> None:
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
