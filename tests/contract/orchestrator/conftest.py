"""The teams' agents, which answer as scripted."""

from collections.abc import Iterator

import pytest

from tests.support.data_plane import DataPlane


@pytest.fixture
def agents() -> DataPlane:
    return DataPlane()


@pytest.fixture
def url(agents: DataPlane) -> Iterator[str]:
    with agents.serve() as url:
        yield url
