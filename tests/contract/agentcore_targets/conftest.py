from collections.abc import Iterator

import pytest

from tests.support.control_plane import Client
from tests.support.planes import opened
from tests.support.targets import Gateways, open_gateway


@pytest.fixture
def gateways() -> Iterator[Gateways]:
    with opened(Gateways) as gateways:
        yield gateways


@pytest.fixture
def client(gateways: Gateways) -> Iterator[Client]:
    with gateways.client() as client:
        yield client


@pytest.fixture
def gateway_id(gateways: Gateways, client: Client) -> str:
    return open_gateway(gateways, client)
