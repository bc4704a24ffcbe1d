"""Load for an HTTP server: clients on kept connections, each with one request at a time.

Callbacks on bare sockets and a parser in C, so that the generator is not what is measured; how fast
it can be at all is measured against a server that does nothing (`peers/null.py`).
"""

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools
import uvloop

from benchmarks.measure import Figures

GRACE_S = 60.0
"""How long connecting, and the last answers, may take beyond the run itself."""

WARM_UP_S = 0.2


class LoadError(Exception):
    """A server gave another answer than it should, or none: its speed says nothing."""


@dataclass(frozen=True)
class Job:
    """One request to be sent again and again, and the one answer that counts."""

    url: str
    request: bytes = field(repr=False)
    answer: bytes = field(repr=False)
    tls: ssl.SSLContext | None = None


def drive(job: Job, *, clients: int, duration_s: float) -> Figures:
    """Keep `clients` requests under way for a while.

    Raises:
        LoadError: an answer was not the expected one, or a connection was lost.
    """
    return uvloop.run(_drive(job, clients=clients, duration_s=duration_s))


def warm_up(job: Job, *, clients: int) -> None:
    """Bring a server up to so many clients, twice as many at a time: a function scales slowly.

    Raises:
        LoadError: as `drive` does.
    """
    count = 1
    while count < clients:
        drive(job, clients=count, duration_s=WARM_UP_S)
        count *= 2
    drive(job, clients=clients, duration_s=WARM_UP_S)


def post(url: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return the bytes of a POST request on a connection that is kept."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"host: {parts.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, f"content-length: {len(body)}", "", ""]).encode() + body


async def _drive(job: Job, *, clients: int, duration_s: float) -> Figures:
    async with asyncio.timeout(duration_s + GRACE_S):
        opened = [await _connected(job) for _ in range(clients)]
        started_s = time.perf_counter()
        done = [client.run(until_s=started_s + duration_s) for client in opened]
        try:
            latencies_s = [latency for run in await asyncio.gather(*done) for latency in run]
        finally:
            for client in opened:
                client.close()
    return Figures.of(latencies_s, elapsed_s=time.perf_counter() - started_s)


async def _connected(job: Job) -> "Client":
    parts = urlsplit(job.url)
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(
        lambda: Client(job), str(parts.hostname), parts.port or 443, ssl=job.tls
    )
    return client


class Client(asyncio.Protocol):
    """One client: sends, waits for the whole answer, and sends again."""

    def __init__(self, job: Job) -> None:
        """Take what to send and to expect."""
        self._job = job
        self._latencies_s: list[float] = []
        self._done: asyncio.Future[list[float]] | None = None

    def run(self, *, until_s: float) -> "asyncio.Future[list[float]]":
        """Begin; the future gives each request's latency in seconds.

        Args:
            until_s: no request is begun after this instant of `time.perf_counter()`.
        """
        self._until_s = until_s
        self._done = asyncio.get_running_loop().create_future()
        self._send()
        return self._done

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the connection."""
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        """Read what came."""
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        """Begin an answer (httptools)."""
        self._body = b""

    def on_body(self, body: bytes) -> None:
        """Take a part of an answer (httptools)."""
        self._body += body

    def on_message_complete(self) -> None:
        """Count an answer and send the next request (httptools)."""
        now_s = time.perf_counter()
        self._latencies_s.append(now_s - self._sent_s)
        if self._parser.get_status_code() != 200 or self._body != self._job.answer:
            status = self._parser.get_status_code()
            self._fail(f"{self._job.url} answered {status} {self._body[:200]!r}")
        elif now_s < self._until_s:
            self._send()
        elif self._done is not None and not self._done.done():
            self._done.set_result(self._latencies_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail, unless all is done."""
        self._fail(f"{self._job.url} closed the connection: {exc}")

    def _send(self) -> None:
        self._sent_s = time.perf_counter()
        self._transport.write(self._job.request)

    def _fail(self, reason: str) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_exception(LoadError(reason))
