from collections.abc import Iterator

import boto3
import pytest

from tests.support.asgi import KEYS
from tests.support.memory_plane import Chat, Client, MemoryLaptop
from tests.support.memory_sdk import MemoryClient
from tests.support.planes import opened


@pytest.fixture
def laptop() -> Iterator[MemoryLaptop]:
    with opened(MemoryLaptop) as laptop:
        yield laptop


@pytest.fixture
def clients(laptop: MemoryLaptop) -> Iterator[tuple[Client, Client]]:
    with laptop.clients() as both:
        yield both


@pytest.fixture
def control(clients: tuple[Client, Client]) -> Client:
    return clients[0]


@pytest.fixture
def data(clients: tuple[Client, Client]) -> Client:
    return clients[1]


@pytest.fixture
def memory_id(laptop: MemoryLaptop, control: Client) -> str:
    memory_id: str = control.create_memory(name="Faq", eventExpiryDuration=30)["memory"]["id"]
    laptop.settle()
    return memory_id


@pytest.fixture
def chat(data: Client, memory_id: str) -> Chat:
    return Chat(data, memory_id)


@pytest.fixture
def session() -> boto3.Session:
    return boto3.Session(region_name="us-east-1", **KEYS)


@pytest.fixture
def sdk(laptop: MemoryLaptop, session: boto3.Session) -> Iterator[MemoryClient]:
    client = MemoryClient(boto3_session=session)
    with laptop.bridged(client.gmcp_client, client.gmdp_client):
        yield client
