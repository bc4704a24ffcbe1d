"""What control planes of tests have in common, each with whatever is around it, in process."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from sqlite3 import Connection
from typing import Any, Protocol

from starlette.types import ASGIApp

from localcloud.agentcore.control.plane import ControlPlane
from tests.support.asgi import ACCESS_KEY_ID, LoopThread, boto3_client, bridged

type Client = Any
"""A boto3 client: its methods are made at run time."""

CONTROL = "bedrock-agentcore-control"


class Stored(Protocol):
    """What is in a database of its own."""

    database: Connection


@contextmanager
def opened[S: Stored](make: Callable[[LoopThread], S]) -> Iterator[S]:
    """Give what is made on a loop of its own, and close its database behind it."""
    with LoopThread() as loop:
        made = make(loop)
        yield made
    made.database.close()


class Reached:
    """A control plane that unmodified boto3 reaches: `app` answers for `plane`, on `loop`."""

    loop: LoopThread
    plane: ControlPlane
    app: ASGIApp

    def resume(self) -> None:
        """Let the plane take up what is left, and wait until it is done."""
        self.loop.run(self.plane.resume())
        self.settle()

    def settle(self) -> None:
        """Wait until nothing goes on."""
        self.loop.run(self.plane.settle())

    @contextmanager
    def bridged(self, *clients: Client) -> Iterator[None]:
        """Let the requests of clients that others have made end here."""
        with ExitStack() as stack:
            for client in clients:
                stack.enter_context(bridged(client, self.app, self.loop))
            yield

    @contextmanager
    def client(
        self, service: str = CONTROL, *, access_key_id: str = ACCESS_KEY_ID
    ) -> Iterator[Client]:
        """Give an unmodified boto3 client."""
        client = boto3_client(service, access_key_id=access_key_id)
        with self.bridged(client):
            yield client

    @contextmanager
    def clients(self) -> Iterator[tuple[Client, Client]]:
        """Give unmodified boto3 clients of the control plane and of the data plane."""
        with self.client() as control, self.client("bedrock-agentcore") as data:
            yield control, data
