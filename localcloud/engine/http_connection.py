"""One connection to a small HTTP server: requests whose body and trailers come as they are sent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Final

import h11

READ_BYTES: Final = 64 * 1024


class Connection:
    """HTTP/1.1 from the server's side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take both ends; whoever opened them closes them."""
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
