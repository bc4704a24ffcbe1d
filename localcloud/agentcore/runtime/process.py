"""One agent's program as a process: started, found healthy, asked, stopped.

Source: Developer Guide, runtime service contract: ports and paths by protocol, `/ping`.
"""

import asyncio
import contextlib
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from typing import Protocol as Interface

import httpx2

from localcloud.agentcore.runtime import launcher
from localcloud.children import Child

STOP_TIMEOUT_S: Final = 2.0
"""How long a program that is asked to end may take."""
PING_INTERVAL_S: Final = 0.02
PING_TIMEOUT_S: Final = 5.0
DEAF_TIMEOUT_S: Final = 1.0
READ_BYTES: Final = 64 * 1024
HEALTHY: Final = frozenset({"Healthy", "HealthyBusy"})


class Output(Interface):
    """Takes what a program prints."""

    def write(self, chunk: bytes) -> None:
        """Take some of it."""
        ...

    async def close(self) -> None:
        """There is no more."""
        ...


@dataclass(frozen=True)
class Protocol:
    """Where an agent of one `serverProtocol` listens, and what it is asked."""

    port: int
    path: str
    ping: bool = True


PROTOCOLS: Final = {
    "HTTP": Protocol(8080, "/invocations"),
    "AGUI": Protocol(8080, "/invocations"),
    "MCP": Protocol(8000, "/mcp", ping=False),
    "A2A": Protocol(9000, "/"),
}


@dataclass(frozen=True)
class Program:
    """What to run: an interpreter, a folder of code, an `entryPoint`, and its environment."""

    interpreter: str
    folder: Path
    file: str
    protocol: Protocol
    environment: Mapping[str, str]


class StartFailed(Exception):
    """The program could not be started, or ended before it was healthy."""

    code = "StartFailed"


class AgentProcess:
    """A program that runs. `exited` is set once it has ended, for whatever reason.

    `mcp_session` is what an MCP server calls its session, once it has said so.
    """

    def __init__(
        self,
        process: Child,
        channel: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        protocol: Protocol,
        client: httpx2.AsyncClient,
        output: Output,
        scratch: Path,
    ) -> None:
        """Take over a process; see `start`."""
        self.exited = process.ended
        self._process = process
        self._said, self._lifeline = channel
        self._protocol = protocol
        self._client = client
        self._scratch = scratch
        self._address = ("", 0)
        self.mcp_session: str | None = None
        self._watching = asyncio.create_task(self._watch(output))

    @classmethod
    async def start(
        cls,
        program: Program,
        client: httpx2.AsyncClient,
        output: Output,
        scratch_folder: Path,
    ) -> Self:
        """Start a program; `output` gets what it prints. It is not healthy yet.

        Raises:
            StartFailed: it cannot be started.
        """
        scratch = Path(tempfile.mkdtemp(dir=scratch_folder))
        ours, theirs = socket.socketpair()
        try:
            channel = await asyncio.open_connection(sock=ours)
            with theirs:
                process = await Child.start(
                    _command(program, theirs.fileno()),
                    program.folder,
                    {**program.environment, "TMPDIR": str(scratch), "HOME": str(scratch)},
                    pass_fds=(theirs.fileno(),),
                )
        except BaseException as error:  # a cancelled start leaves nothing behind either
            ours.close()
            shutil.rmtree(scratch, ignore_errors=True)
            if isinstance(error, OSError):
                raise StartFailed(f"the program cannot be started: {error}") from error
            raise
        return cls(process, channel, program.protocol, client, output, scratch)

    @property
    def url(self) -> str:
        """Return where the program is asked."""
        return f"{self._base}{self._protocol.path}"

    @property
    def _base(self) -> str:
        host, port = self._address
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def healthy(self) -> None:
        """Wait until the program says it is healthy. The caller bounds it.

        Raises:
            StartFailed: it ended.
        """
        said = await self._said.readline()
        if not said:
            raise StartFailed("the program ended before it listened")
        host, port = said.decode().split()
        self._address = host, int(port)
        while self._protocol.ping and await self.status() not in HEALTHY:
            if self.exited.is_set():
                raise StartFailed("the program ended before it was healthy")
            await asyncio.sleep(PING_INTERVAL_S)

    async def status(self) -> str | None:
        """Return what the program says of itself, `Healthy` or `HealthyBusy`; None if nothing."""
        try:
            async with asyncio.timeout(PING_TIMEOUT_S):
                answer = await self._client.get(f"{self._base}/ping")
            found = answer.json().get("status")
        except (httpx2.HTTPError, TimeoutError, ValueError, AttributeError, RecursionError):
            return None
        return found if answer.is_success and isinstance(found, str) else None

    async def stop_if_deaf(self) -> None:
        """End the program if it answers no more, as one that is just ending; not if it is slow.

        To be connected says nothing: what is ending may not have closed its door yet.
        """
        try:
            async with asyncio.timeout(DEAF_TIMEOUT_S):
                await self._client.get(f"{self._base}/ping")
        except (TimeoutError, httpx2.TimeoutException):
            return
        except httpx2.HTTPError:
            await self.stop()

    async def stop(self) -> None:
        """End the program and all it has started."""
        self._process.send(signal.SIGTERM)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_TIMEOUT_S):
                await self.exited.wait()
        self._process.send(signal.SIGKILL)
        await self._watching

    async def _watch(self, output: Output) -> None:
        try:
            await self._process.run(self._hear(output))
        finally:
            self._lifeline.close()
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)
        await output.close()

    async def _hear(self, output: Output) -> None:
        while chunk := await self._process.output.read(READ_BYTES):
            output.write(chunk)


def _command(program: Program, descriptor: int) -> tuple[str, ...]:
    return (
        *(program.interpreter, "-I", "-S", "-u", launcher.__file__),
        *(str(descriptor), str(program.protocol.port), str(program.folder), program.file),
    )


def base_environment() -> dict[str, str]:
    """Return what a program finds in its environment whoever it is."""
    return {
        "PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": ":UTC",
    }
