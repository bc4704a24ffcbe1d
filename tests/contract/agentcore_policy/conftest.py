from collections.abc import Iterator

import pytest

from tests.support.planes import opened
from tests.support.policy_plane import Client, Desk, PolicyLaptop


@pytest.fixture
def laptop() -> Iterator[PolicyLaptop]:
    with opened(PolicyLaptop) as laptop:
        yield laptop


@pytest.fixture
def control(laptop: PolicyLaptop) -> Iterator[Client]:
    with laptop.client() as client:
        yield client


@pytest.fixture
def desk(laptop: PolicyLaptop, control: Client) -> Desk:
    return Desk(laptop, control)
