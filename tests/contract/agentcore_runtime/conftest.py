from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.agent_runtimes import Client, Laptop
from tests.support.asgi import LoopThread


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    with LoopThread() as loop:
        laptop = Laptop(loop, tmp_path)
        laptop.upload({"main.py": ""})
        yield laptop
        laptop.database.close()


@pytest.fixture
def client(laptop: Laptop) -> Iterator[Client]:
    with laptop.client() as client:
        yield client
