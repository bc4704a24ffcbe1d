from collections.abc import Iterator

import pytest

from tests.support.memory_plane import Client, MemoryLaptop
from tests.support.planes import opened


@pytest.fixture
def memory_laptop() -> Iterator[MemoryLaptop]:
    with opened(MemoryLaptop) as laptop:
        yield laptop


@pytest.fixture
def memory_client(memory_laptop: MemoryLaptop) -> Iterator[Client]:
    with memory_laptop.clients() as (_, data):
        yield data


@pytest.fixture
def memory_id(memory_laptop: MemoryLaptop) -> str:
    with memory_laptop.clients() as (control, _):
        made = control.create_memory(name="Faq", eventExpiryDuration=30)
    memory_laptop.settle()
    memory_id: str = made["memory"]["id"]
    return memory_id
