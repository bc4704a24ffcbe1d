"""Runs an agent's program as the service does, in a process that has nothing of ours in it.

    python -I -S -u launcher.py <descriptor> <port> <folder> <program> [<argument>...]

The program is imported from `folder` alone and listens where the service expects it to, on `port`
of every address. All sessions of a laptop share its addresses, so that port is another one of the
loopback interface, and its number goes to the cloud through `descriptor` as soon as connections can
be made. When the other end of `descriptor` closes, because the cloud has ended in whatever way, the
program ends with all it has started. Only the standard library may be used here, from Python 3.10.
"""

import os
import runpy
import signal
import site
import socket
import sys
import threading

LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


def main() -> None:
    """Run the program that the command line names."""
    descriptor, port, folder, program, *arguments = sys.argv[1:]
    channel = socket.socket(fileno=int(descriptor))
    channel.set_inheritable(False)
    threading.Thread(target=_end_with, args=(channel,), daemon=True).start()
    _move(int(port), channel)
    site.setquit()  # what `-S` has left out
    path = os.path.join(folder, program)  # noqa: PTH118 - pathlib takes 10 ms to import
    sys.path[:0] = list(dict.fromkeys((os.path.dirname(path), folder)))  # noqa: PTH120
    sys.argv = [path, *arguments]
    runpy.run_path(path, run_name="__main__")


def _end_with(channel: socket.socket) -> None:
    try:
        while channel.recv(64):
            pass
    except ConnectionResetError:  # closed with something unread in it
        pass
    os.killpg(0, signal.SIGKILL)


def _move(port: int, channel: socket.socket) -> None:
    """Let the socket that is to listen on `port` listen on a free one, and say on which."""
    bind = socket.socket.bind

    def moved(self: socket.socket, address) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        mine = self.family in LOOPBACK and self.type == socket.SOCK_STREAM and address[1] == port
        if not mine:
            bind(self, address)
            return
        bind(self, (LOOPBACK[self.family], 0))
        # Connections inherit it: an answer in two small pieces would take 40 ms (RFC 896, 1122).
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.listen()  # so that who connects before the program listens waits, and is not refused
        channel.sendall(f"{self.getsockname()[0]} {self.getsockname()[1]}\n".encode())

    socket.socket.bind = moved  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
