"""Starting and stopping the laptop cloud in the background."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localcloud.settings import Settings, is_free

START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0
POLL_S = 0.05


class CloudProcessError(Exception):
    """The cloud did not start or stop."""

    code = "CloudProcessError"


def running(settings: Settings) -> dict[str, Any] | None:
    """Return what the running cloud wrote of itself (`pid`, `port`, `proxyPort`, ...), or None."""
    try:
        found: dict[str, Any] = json.loads(settings.process_file.read_text(encoding="utf-8"))
        os.kill(found["pid"], 0)
    except (FileNotFoundError, ProcessLookupError, PermissionError, json.JSONDecodeError):
        return None  # no permission: after a crash its number went to another user's process
    return None if is_free(found["port"]) else found


def start(settings: Settings) -> dict[str, Any]:
    """Start the cloud unless it runs; return what it wrote of itself once it answers.

    Raises:
        CloudProcessError: it ended, or did not answer within START_TIMEOUT_S.
    """
    found = running(settings)
    if found is not None:
        return found
    settings.log_file.parent.mkdir(parents=True, exist_ok=True)
    settings.process_file.unlink(missing_ok=True)
    with settings.log_file.open("ab") as log:
        begins_at = log.tell()
        process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [*_command(settings)],
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _wait(lambda: running(settings) is not None or process.poll() is not None, START_TIMEOUT_S)
    found = running(settings)
    if found is None:
        reason = _last_line(settings.log_file, begins_at)
        raise CloudProcessError(f"the laptop cloud did not start{reason}; see {settings.log_file}")
    process.returncode = 0  # it is meant to outlive us: Popen would warn that it was forgotten
    return found


def stop(settings: Settings) -> bool:
    """Stop the cloud; tell whether it ran.

    Raises:
        CloudProcessError: it did not end within STOP_TIMEOUT_S.
    """
    found = running(settings)
    if found is None:
        return False
    os.kill(found["pid"], signal.SIGTERM)
    wait_for_end(found["pid"])
    return True


def wait_for_end(pid: int) -> None:
    """Wait until a process has ended.

    Raises:
        CloudProcessError: it did not end within STOP_TIMEOUT_S.
    """
    if not _wait(lambda: not _alive(pid), STOP_TIMEOUT_S):
        raise CloudProcessError(f"process {pid} did not end")


def _command(settings: Settings) -> list[str]:
    command = [sys.executable, "-m", "localcloud", "serve", "--home", str(settings.home)]
    command += ["--port", str(settings.port), "--proxy-port", str(settings.proxy_port)]
    command += ["--region", settings.region, "--memory-model", settings.memory_model]
    return [*command, "--offline"] if settings.offline else command


def _last_line(log: Path, begins_at: int) -> str:
    """Return the last thing that was logged since, after a colon; empty if nothing was."""
    lines = log.read_bytes()[begins_at:].decode(errors="replace").split("\n")
    said = [line.strip() for line in lines if line.strip()]
    return f": {said[-1]}" if said else ""


def _alive(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # when it is our own child, so that it is no zombie
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait(done: Callable[[], bool], timeout_s: float) -> bool:
    deadline_s = time.monotonic() + timeout_s
    while not done():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(POLL_S)
    return True
