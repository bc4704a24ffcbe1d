from collections.abc import Iterator

import pytest

from tests.support.asgi import LoopThread
from tests.support.policy_plane import Client, Desk, PolicyLaptop


@pytest.fixture
def laptop() -> Iterator[PolicyLaptop]:
    with LoopThread() as loop:
        laptop = PolicyLaptop(loop)
        yield laptop
    laptop.database.close()


@pytest.fixture
def control(laptop: PolicyLaptop) -> Iterator[Client]:
    with laptop.client() as client:
        yield client


@pytest.fixture
def desk(laptop: PolicyLaptop, control: Client) -> Desk:
    return Desk(laptop, control)
