"""Lambda's Runtime API for one function process that streams, without a container.

The process waits at `next`, and posts its answer in chunks, which are passed on as they come. One
environment answers one event at a time, as on AWS.

Sources: Lambda Developer Guide, "Using the Lambda runtime API" (paths, headers, statuses) and
"Building a custom runtime" (response streaming, trailers); AWS's Runtime Interface Emulator (body
of a refusal). Claims and known gaps: docs/fidelity.toml, section `runtime-api`.
"""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import h11

logger = logging.getLogger(__name__)

API: Final = b"/2018-06-01/runtime"
READ_BYTES: Final = 64 * 1024
WAITING_CHUNKS: Final = 16
"""How far a function may be ahead of its reader, in chunks."""

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
        self._events: asyncio.Queue[_Invocation] = asyncio.Queue()
        self._current: _Invocation | None = None
        self._log: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._idle = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._server: asyncio.Server | None = None

    @property
    def alive(self) -> bool:
        """Tell whether the process can take an event."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        """Open the Runtime API and start the process.

        Raises:
            InvocationFailed: it cannot be started.
        """
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()[:2]
        variables = {**self._program.variables, "AWS_LAMBDA_RUNTIME_API": f"{host}:{port}"}
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._program.command,
                cwd=self._program.folder,
                env=variables,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
        except OSError as error:
            self.stop()
            raise InvocationFailed(f"the function cannot be started: {error}") from error
        self._keep(self._watch(self._process))

    def stop(self) -> None:
        """End the process and close the Runtime API."""
        if self._process is not None and self.alive:
            self._process.kill()
        if self._server is not None:
            self._server.close()

    async def ended(self) -> None:
        """Wait until the process, which was stopped or has failed, has ended."""
        await asyncio.gather(*self._tasks)

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

    def take_log(self) -> str:
        """Return what the process has written since the last time."""
        lines, self._log = self._log, []
        return "\n".join(lines)

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101  # it is a pipe: see `start`
        async for line in process.stdout:
            self._log.append(line.decode(errors="replace").rstrip("\n"))
        status = await process.wait()
        self._end(InvocationFailed(f"Runtime exited with status {status}"))
        self.stop()

    def _end(self, how: Exception) -> None:
        self._idle.set()
        if self._current is not None:
            self._keep(self._current.sent.put(how))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(reader, writer)
        try:
            while (request := await connection.request()) is not None:
                await self._serve(request, connection)
        except (OSError, h11.RemoteProtocolError):
            logger.debug("a function's process hung up")
        finally:
            writer.close()

    async def _serve(self, request: h11.Request, connection: "_Connection") -> None:
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
            await current.sent.put(InvocationFailed(f"the function failed: {_kind(request)}"))
            await connection.answer(HTTPStatus.ACCEPTED)
        else:
            await connection.body()
            await connection.answer(HTTPStatus.BAD_REQUEST, _INVALID_REQUEST_ID)

    async def _hand_over(self, connection: "_Connection") -> None:
        self._idle.set()
        invocation = await self._events.get()
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


async def _take(current: _Invocation, connection: "_Connection") -> None:
    """Pass an answer on; its trailers say whether it is whole."""
    async for chunk in connection.chunks():
        await current.sent.put(chunk)
    kind = connection.trailers.get(b"lambda-runtime-function-error-type")
    broken_off = InvocationFailed(f"the answer broke off: {kind.decode()}") if kind else None
    await current.sent.put(broken_off)


def _kind(request: h11.Request) -> str:
    headers = dict(request.headers)
    return headers.get(b"lambda-runtime-function-error-type", b"unknown").decode()


_INVALID_REQUEST_ID: Final = json.dumps(
    {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"}
).encode()


class _Connection:
    """HTTP/1.1 from the server's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.SERVER)
        self.trailers: dict[bytes, bytes] = {}

    async def request(self) -> h11.Request | None:
        """Return the next request, or None when there is none."""
        if self._http.our_state is h11.DONE:
            self._http.start_next_cycle()
        event = await self._event()
        return event if isinstance(event, h11.Request) else None

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body of the request as it comes."""
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)
        if not isinstance(event, h11.EndOfMessage):
            raise h11.RemoteProtocolError("the request ends early")
        self.trailers = dict(event.headers)

    async def body(self) -> bytes:
        """Return the whole body of the request."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def answer(
        self, status: HTTPStatus, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a whole answer."""
        sent = {**(headers or {}), "Content-Length": str(len(body))}
        response = h11.Response(status_code=status, headers=list(sent.items()))
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self._writer.write(self._http.send(event) or b"")
        with contextlib.suppress(ConnectionError):
            await self._writer.drain()

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(READ_BYTES))
        return event
