from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from tests.support.isolation.world import World, opened

type Opened = tuple[World, Any]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Give a world, and a client of its control plane; no call could reach an account."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        with opened(tmp_path_factory.mktemp("isolation")) as both:
            yield both
