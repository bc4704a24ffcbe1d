"""A loopback HTTP proxy: AWS's host names lead to the laptop cloud, all others to themselves.

Clients find it by `HTTPS_PROXY`. It only ever moves bytes: TLS is spoken between the client and
the laptop cloud (`certificates.py`), or between the client and the host it asked for. Browsers that
take its address for a server's are led to a door of their own (`browser.py`).
"""

import asyncio
import logging
from contextlib import suppress
from urllib.parse import urlsplit

logger = logging.getLogger(__name__)

AWS_SUFFIXES = (".amazonaws.com", ".amazoncognito.com", ".on.aws")
MAX_HEAD_BYTES = 64 * 1024
CONNECT_TIMEOUT_S = 20.0


class BadRequest(Exception):
    """What arrived is not a proxy request."""


def is_aws(host: str) -> bool:
    """Tell whether the laptop cloud answers for this host name."""
    return host.lower().rstrip(".").endswith(AWS_SUFFIXES)


class Proxy:
    """Serves CONNECT, and plain `http://` requests, on one loopback port."""

    def __init__(
        self,
        cloud_address: tuple[str, int],
        *,
        offline: bool,
        browsers_address: tuple[str, int] | None = None,
    ) -> None:
        """Lead AWS names to `cloud_address`; with `offline` refuse all others.

        Requests that are not for a proxy go to `browsers_address`: see `localcloud.browser`.
        """
        self._cloud_address = cloud_address
        self._browsers_address = browsers_address
        self._offline = offline

    async def serve(self, host: str, port: int) -> asyncio.Server:
        """Start to listen."""
        return await asyncio.start_server(self._client, host, port, limit=MAX_HEAD_BYTES)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._relay(reader, writer)
        except (BadRequest, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await _refuse(writer, 400, "Bad Request")
        except (OSError, TimeoutError):
            await _refuse(writer, 502, "Bad Gateway")
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, rest = _split_head(head)
        if target.startswith("/") and self._browsers_address:
            address: tuple[str, int] | None = self._browsers_address
            forward = head
        else:
            host, port, forward = _destination(method, target, rest)
            address = self._address(host, port)
        if address is None:
            await _refuse(writer, 502, "The laptop cloud is offline")
            return
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            upstream_reader, upstream_writer = await asyncio.open_connection(*address)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await writer.drain()
        else:
            upstream_writer.write(forward)
        await _pipe_both(reader, upstream_writer, upstream_reader, writer)

    def _address(self, host: str, port: int) -> tuple[str, int] | None:
        if is_aws(host):
            return self._cloud_address
        return None if self._offline else (host, port)


def _split_head(head: bytes) -> tuple[str, str, bytes]:
    line, _, rest = head.partition(b"\r\n")
    try:
        method, target, _version = line.decode("ascii").split(" ")
    except (UnicodeDecodeError, ValueError) as error:
        raise BadRequest("not an HTTP request line") from error
    return method, target, rest


def _destination(method: str, target: str, rest: bytes) -> tuple[str, int, bytes]:
    """Return host, port and the head to send on (empty for CONNECT)."""
    try:
        url = urlsplit(f"//{target}" if method == "CONNECT" else target)
        port = url.port or 80
    except ValueError as error:
        raise BadRequest("not an address") from error
    if not url.hostname:
        raise BadRequest("no host")
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    # One request a connection: the next one may be for another host.
    head = f"{method} {path} HTTP/1.1\r\nConnection: close\r\n".encode("ascii") + rest
    return url.hostname, port, b"" if method == "CONNECT" else head


async def _pipe_both(
    client: asyncio.StreamReader,
    to_upstream: asyncio.StreamWriter,
    upstream: asyncio.StreamReader,
    to_client: asyncio.StreamWriter,
) -> None:
    async def receive() -> None:
        await _pipe(upstream, to_client)
        sending.cancel()  # nobody listens any more; a client with a pool would never hang up

    try:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_pipe(client, to_upstream))
            group.create_task(receive())
    except* (ConnectionError, OSError):
        logger.debug("a tunnel was cut")
    finally:
        to_upstream.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(MAX_HEAD_BYTES):
        writer.write(chunk)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


async def _refuse(writer: asyncio.StreamWriter, status: int, reason: str) -> None:
    with suppress(OSError):
        writer.write(f"HTTP/1.1 {status} {reason}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
