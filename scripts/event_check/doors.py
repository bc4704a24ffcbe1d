"""What containers reach of this machine: the laptop cloud's proxy, and a listener for answers.

The laptop cloud listens on loopback, which in a container is the container's own. So for as long
as the check runs, two ports of the containers' network lead here. Others are turned away.
"""

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from ipaddress import IPv4Address
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

from scripts.event_check.engine import Bridge

IP_FREEBIND = 15
"""Linux's ip(7), for which Python has no name: bind an address that is not there yet. Podman's
network has this machine's address only while a container runs."""

IDLE_TIMEOUT_S = 20.0
"""Longer than any call takes; a container that was killed leaves its connections open."""

CHUNK_BYTES = 64 * 1024


class Door(ThreadingTCPServer):
    """A server on a free port of the containers' network, for containers only."""

    daemon_threads = True

    def __init__(self, bridge: Bridge, handler: type[BaseRequestHandler]) -> None:
        """Listen."""
        self._bridge = bridge
        super().__init__((bridge.gateway, 0), handler)

    def server_bind(self) -> None:
        """Bind the address though it may not be there yet."""
        self.socket.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        super().server_bind()

    def verify_request(self, request: object, client_address: Any) -> bool:  # noqa: ANN401
        """Let containers in, and this machine."""
        return IPv4Address(client_address[0]) in self._bridge.subnet

    @property
    def address(self) -> str:
        """Return host and port."""
        return f"{self._bridge.gateway}:{self.server_address[1]}"

    @contextmanager
    def open(self) -> Iterator[None]:
        """Serve until the end of the block."""
        thread = threading.Thread(target=self.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            self.server_close()
            thread.join()


class Relay(Door):
    """Leads each connection on to a port of loopback."""

    def __init__(self, bridge: Bridge, port: int) -> None:
        """Lead to `port`."""
        self.port = port
        super().__init__(bridge, _Relayed)


class _Relayed(BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        here: socket.socket = self.request
        with socket.create_connection(("127.0.0.1", self.server.port)) as there:
            here.settimeout(IDLE_TIMEOUT_S)
            there.settimeout(IDLE_TIMEOUT_S)
            back = threading.Thread(target=_pump, args=(there, here), daemon=True)
            back.start()
            _pump(here, there)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # either side may hang up whenever it likes
        while chunk := source.recv(CHUNK_BYTES):
            sink.sendall(chunk)
        sink.shutdown(socket.SHUT_WR)


class Answers(Door):
    """Takes CloudFormation's part: keeps what is PUT, by path."""

    def __init__(self, bridge: Bridge, context: ssl.SSLContext) -> None:
        """Listen with TLS: `context` has a certificate for the gateway's address."""
        self.taken: dict[str, object] = {}
        super().__init__(bridge, _Answered)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def url(self, path: str) -> str:
        """Return where to PUT what `taken` will have under `path`."""
        return f"https://{self.address}{path}"


class _Answered(BaseHTTPRequestHandler):
    server: Answers

    def do_PUT(self) -> None:
        """Keep the answer."""
        size = int(self.headers["content-length"])
        self.server.taken[self.path.partition("?")[0]] = json.loads(self.rfile.read(size))
        self.send_response(HTTPStatus.OK)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""
