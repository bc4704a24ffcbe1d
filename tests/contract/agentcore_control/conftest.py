from collections.abc import Iterator

import pytest

from tests.support.asgi import LoopThread
from tests.support.control_plane import Client, Laptop


@pytest.fixture
def laptop() -> Iterator[Laptop]:
    with LoopThread() as loop:
        laptop = Laptop(loop)
        yield laptop
    laptop.database.close()


@pytest.fixture
def client(laptop: Laptop) -> Iterator[Client]:
    with laptop.client() as client:
        yield client
