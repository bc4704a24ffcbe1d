from collections.abc import Iterator

import pytest

from tests.support.control_plane import Client, Laptop
from tests.support.planes import opened


@pytest.fixture
def laptop() -> Iterator[Laptop]:
    with opened(Laptop) as laptop:
        yield laptop


@pytest.fixture
def client(laptop: Laptop) -> Iterator[Client]:
    with laptop.client() as client:
        yield client
