"""The container engine of the environment, as far as the check must know it.

Any engine with Docker's API will do: what `DOCKER_HOST` names, or Docker's own socket.
"""

import json
import os
import socket
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Network
from urllib.parse import urlsplit

DOCKER_SOCKET = "unix:///var/run/docker.sock"
TIMEOUT_S = 10.0


class NoEngine(Exception):
    """No container engine answers, or not as Docker does."""

    code = "NoEngine"


@dataclass(frozen=True)
class Bridge:
    """The network that containers are on; `gateway` is this machine's address in it."""

    gateway: str
    subnet: IPv4Network


def bridge(host: str | None = None) -> Bridge:
    """Ask the engine for its default network.

    Args:
        host: where it listens, as `DOCKER_HOST` has it; what the environment says if None.

    Raises:
        NoEngine: none answers there, or it has no such network.

    Source: Docker Engine API, "Inspect a network"; podman serves the same.
    """
    host = host or os.environ.get("DOCKER_HOST", DOCKER_SOCKET)
    try:
        with closing(_connection(host)) as connection:
            connection.request("GET", "/networks/bridge")
            answer = json.loads(connection.getresponse().read())
    except (OSError, HTTPException, ValueError) as error:
        raise NoEngine(
            f"No container engine answers at {host} ({error}).\n"
            "Start Docker, or podman's service (podman system service -t 0 unix:///SOCKET), "
            "and set DOCKER_HOST to its socket."
        ) from error
    try:
        found = answer["IPAM"]["Config"][0]
        return Bridge(found["Gateway"], IPv4Network(found["Subnet"]))
    except (LookupError, ValueError) as error:
        raise NoEngine(f"The engine at {host} has no bridge network with a gateway.") from error


def _connection(host: str) -> HTTPConnection:
    parts = urlsplit(host)
    if parts.scheme == "unix":
        return _UnixConnection(parts.path)
    return HTTPConnection(parts.netloc, timeout=TIMEOUT_S)


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket in place of a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
