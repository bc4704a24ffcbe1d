from collections.abc import Iterator

import pytest

from tests.support.asgi import LoopThread
from tests.support.memory_plane import Chat, Client, MemoryLaptop


@pytest.fixture
def laptop() -> Iterator[MemoryLaptop]:
    with LoopThread() as loop:
        laptop = MemoryLaptop(loop)
        yield laptop
    laptop.database.close()


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
