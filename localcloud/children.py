"""Processes that run other people's code: functions and agents.

Each has a session of its own, so that all it has started can be ended with it, and so that a
terminal's Ctrl-C reaches the cloud alone. Its output is a pipe that asyncio's process knows nothing
of: asyncio takes a process for running as long as anything it has started holds its pipe.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

HEAR_OUT_S: Final = 1.0
"""How long what a process has printed may take to be read after its end."""


@dataclass(frozen=True)
class Child:
    """A process that was started. `output` is what it prints on either stream.

    `ended` is set once it has ended, if `run` is under way.
    """

    output: asyncio.StreamReader
    _process: asyncio.subprocess.Process
    _pipe: asyncio.ReadTransport
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def start(
        cls,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        pass_fds: Sequence[int] = (),
    ) -> Self:
        """Start a command in a folder, with these variables and no others.

        Raises:
            OSError: there is no such program or folder.
        """
        output, pipe, writing = await _open_pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=asyncio.subprocess.STDOUT,
                cwd=folder,
                env=variables,
                pass_fds=pass_fds,
                start_new_session=True,
            )
        except BaseException:  # a cancelled start leaves nothing open either
            pipe.close()
            raise
        finally:
            os.close(writing)
        return cls(output, process, pipe)

    @property
    def alive(self) -> bool:
        """Tell whether it has not ended."""
        return self._process.returncode is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process and all it has started, unless it has ended."""
        if self.alive:
            self._send(number)

    async def run(self, hearing: Coroutine[Any, Any, None]) -> int:
        """Wait for its end, while `hearing` reads `output`; end what it leaves behind.

        Returns:
            The exit status, or the negative number of a signal.
        """
        heard = asyncio.ensure_future(hearing)
        status = await self._process.wait()
        self.ended.set()
        self._send(signal.SIGKILL)
        # What has left its session may hold the pipe for ever.
        await asyncio.wait([heard], timeout=HEAR_OUT_S)
        heard.cancel()
        await asyncio.gather(heard, return_exceptions=True)
        self._pipe.close()
        return status

    def _send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


async def _open_pipe() -> tuple[asyncio.StreamReader, asyncio.ReadTransport, int]:
    """Return the end to read, and the descriptor of the end to write."""
    reading, writing = os.pipe()
    output = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(output), os.fdopen(reading, "rb", buffering=0)
    )
    return output, pipe, writing
