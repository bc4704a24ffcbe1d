"""Serve an ASGI app on a loopback port, as a server does: real sockets, on a thread of its own."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from localcloud.agentcore.wire.asgi import read_request, write_response
from localcloud.agentcore.wire.requests import MAX_BODY_BYTES
from tests.support.asgi import LoopThread, ask

WAIT_S = 10.0
"""Longest a server may take to start or to stop, in seconds."""


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@contextmanager
def serve(app: ASGIApp) -> Iterator[str]:
    """Serve on a free port; the value is the base URL, without a trailing slash."""
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    server = _Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            assert server.ready.wait(WAIT_S), "the server did not start"
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(WAIT_S)


def on_loop(app: ASGIApp, loop: LoopThread) -> ASGIApp:
    """Return an app to serve that has requests answered on the loop where `app` is at home."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        request = await read_request(scope, receive, MAX_BODY_BYTES)
        await write_response(await asyncio.to_thread(loop.run, ask(app, request)), send)

    return answer


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
