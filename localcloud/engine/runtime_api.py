"""Lambda's Runtime API for one function process that streams, without a container.

The process waits at `next`, and posts its answer in chunks, which are passed on as they come. One
environment answers one event at a time, as on AWS.

Sources: Lambda Developer Guide, "Using the Lambda runtime API" (paths, headers, statuses) and
"Building a custom runtime" (response streaming, trailers); AWS's Runtime Interface Emulator (body
of a refusal). Claims and known gaps: docs/fidelity.toml, section `runtime-api`.
"""

import asyncio
import json
import logging
import signal
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import h11

from localcloud.children import Child
from localcloud.engine.http_connection import Connection

logger = logging.getLogger(__name__)

API: Final = b"/2018-06-01/runtime"
WAITING_CHUNKS: Final = 16
"""How far a function may be ahead of its reader, in chunks."""
MAX_LINES: Final = 10_000
"""Lines of log that are kept of one event: older ones are lost."""

type _Sent = bytes | Exception | None  # a chunk, what ends the answer too early, or its end


class InvocationFailed(Exception):
    """No answer, or half of one; the message is for the cloud's log."""

    code = "InvocationFailed"


@dataclass
class _Invocation:
    request_id: str
    payload: bytes
    arn: str
    deadline_ms: int
    sent: asyncio.Queue[_Sent] = field(default_factory=lambda: asyncio.Queue(WAITING_CHUNKS))
    _writers: set[asyncio.Task[Any] | None] = field(default_factory=set)
    _left: bool = False

    async def send(self, sent: _Sent) -> None:
        """Pass something on to the reader, once it is not too far behind.

        Raises:
            ConnectionAbortedError: the reader has left.
        """
        if self._left:
            raise ConnectionAbortedError("nobody reads the answer")
        writer = asyncio.current_task()
        self._writers.add(writer)
        try:
            await self.sent.put(sent)
        finally:
            self._writers.discard(writer)

    def leave(self) -> None:
        """Let nobody wait for a reader that reads no more."""
        self._left = True
        for writer in self._writers:
            if writer is not None:
                writer.cancel()


@dataclass(frozen=True)
class Program:
    """What an environment runs. Address and port of the Runtime API are added to `variables`."""

    command: Sequence[str]
    folder: Path
    variables: Mapping[str, str]


class Environment:
    """One process of a function, and the Runtime API it speaks to."""

    def __init__(self, program: Program) -> None:
        """Take what to run; nothing runs yet."""
        self._program = program
        self._events: asyncio.Queue[_Invocation | None] = asyncio.Queue()  # None: there are no more
        self._current: _Invocation | None = None
        self._log: deque[str] = deque(maxlen=MAX_LINES)
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._process: Child | None = None
        self._server: asyncio.Server | None = None

    @property
    def alive(self) -> bool:
        """Tell whether the process can take an event."""
        return self._process is not None and self._process.alive

    async def start(self) -> None:
        """Open the Runtime API and start the process.

        Raises:
            InvocationFailed: it cannot be started.
        """
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        variables = {**self._program.variables, "AWS_LAMBDA_RUNTIME_API": f"{host}:{port}"}
        program = self._program
        try:
            self._process = await Child.start(program.command, program.folder, variables)
        except OSError as error:
            raise InvocationFailed(f"the function cannot be started: {error}") from error
        finally:
            if self._process is None:
                self.stop()
        self._keep(self._watch(self._process))

    def stop(self) -> None:
        """End the process with all it has started, and close the Runtime API."""
        if self._process is not None:
            self._process.send(signal.SIGKILL)
        if self._server is not None:
            self._server.close()

    async def ended(self) -> None:
        """Wait until the process, which was stopped or has failed, has ended."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def invoke(
        self, payload: bytes, *, request_id: str, arn: str, timeout_s: float
    ) -> AsyncGenerator[bytes]:
        """Run one event, and yield its answer chunk by chunk.

        Raises:
            InvocationFailed: the function failed, its process ended, or its time is over; then the
                environment is of no more use.
        """
        deadline_ms = int((time.time() + timeout_s) * 1000)
        self._current = current = _Invocation(request_id, payload, arn, deadline_ms)
        self._events.put_nowait(current)
        until_s = time.monotonic() + timeout_s
        try:
            while (sent := await _by(until_s, current.sent.get())) is not None:
                if isinstance(sent, Exception):
                    raise sent
                yield sent
            await _by(until_s, self._idle.wait())  # what it logged has been read by then
        except TimeoutError as error:
            self.stop()
            raise InvocationFailed(f"Task timed out after {timeout_s:.2f} seconds") from error
        finally:
            self._current = None
            current.leave()

    def take_log(self) -> str:
        """Return what the process has written since the last time."""
        lines = "\n".join(self._log)
        self._log.clear()
        return lines

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, process: Child) -> None:
        status = await process.run(self._hear(process.output))
        self._end(InvocationFailed(f"Runtime exited with status {status}"))
        self._events.put_nowait(None)
        self.stop()

    async def _hear(self, output: asyncio.StreamReader) -> None:
        async for line in _lines(output):
            self._log.append(line.decode(errors="replace").rstrip("\n"))

    def _end(self, how: Exception) -> None:
        self._idle.set()
        if self._current is not None:
            self._keep(self._current.send(how))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer)
        try:
            while (request := await connection.request()) is not None:
                await self._serve(request, connection)
        except (OSError, h11.RemoteProtocolError):
            logger.debug("a function's process hung up")
        finally:
            writer.close()

    async def _serve(self, request: h11.Request, connection: Connection) -> None:
        path = request.target.removeprefix(API)
        current = self._current
        if path == b"/invocation/next":
            await connection.body()
            await self._hand_over(connection)
        elif path == b"/init/error":
            self._end(InvocationFailed(f"the function did not begin: {_kind(request)}"))
            await connection.body()
            await connection.answer(HTTPStatus.ACCEPTED)
        elif current and path == f"/invocation/{current.request_id}/response".encode():
            await _take(current, connection)
            await connection.answer(HTTPStatus.ACCEPTED)
        elif current and path == f"/invocation/{current.request_id}/error".encode():
            await connection.body()
            await current.send(InvocationFailed(f"the function failed: {_kind(request)}"))
            await connection.answer(HTTPStatus.ACCEPTED)
        else:
            await connection.body()
            await connection.answer(HTTPStatus.BAD_REQUEST, _INVALID_REQUEST_ID)

    async def _hand_over(self, connection: Connection) -> None:
        self._idle.set()
        invocation = await self._events.get()
        if invocation is None:
            self._events.put_nowait(None)  # for the next who waits
            raise ConnectionAbortedError("the process that asked has ended")
        self._idle.clear()
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
            "Content-Type": "application/json",
        }
        await connection.answer(HTTPStatus.OK, invocation.payload, headers)


async def _by[T](until_s: float, work: Awaitable[T]) -> T:
    """Wait for work; not with `asyncio.timeout`, for a generator may be read by several tasks."""
    return await asyncio.wait_for(work, until_s - time.monotonic())


async def _take(current: _Invocation, connection: Connection) -> None:
    """Pass an answer on; its trailers say whether it is whole."""
    async for chunk in connection.chunks():
        await current.send(chunk)
    kind = connection.trailers.get(b"lambda-runtime-function-error-type")
    broken_off = InvocationFailed(f"the answer broke off: {kind.decode()}") if kind else None
    await current.send(broken_off)


async def _lines(output: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """Yield lines; one that is too long for the reader comes in pieces."""
    while True:
        try:
            yield await output.readuntil()
        except asyncio.LimitOverrunError as overrun:
            yield await output.readexactly(overrun.consumed)
        except asyncio.IncompleteReadError as end:
            if end.partial:
                yield end.partial
            return


def _kind(request: h11.Request) -> str:
    headers = dict(request.headers)
    return headers.get(b"lambda-runtime-function-error-type", b"unknown").decode()


_INVALID_REQUEST_ID: Final = json.dumps(
    {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}
).encode()
