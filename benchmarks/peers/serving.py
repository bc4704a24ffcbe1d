"""How every server here is served: the same uvicorn, loop and parser, on plain loopback HTTP.

Also run by the environment of localcore-gateway, so nothing but uvicorn is imported.
"""

import socket
from typing import Any

import uvicorn

BACKLOG = 2048
IDLE_S = 600


def serve(app: Any) -> None:  # noqa: ANN401 - each framework has a type of its own for it
    """Serve an ASGI application until SIGTERM, on a free port that is printed first."""
    with socket.create_server(("127.0.0.1", 0), backlog=BACKLOG) as listener:
        print(listener.getsockname()[1], flush=True)
        # Between two rounds connections idle: none may be closed just when it is used again.
        config = uvicorn.Config(
            app,
            loop="uvloop",
            http="httptools",
            access_log=False,
            log_level="warning",
            timeout_keep_alive=IDLE_S,
        )
        uvicorn.Server(config).run(sockets=[listener])
