"""One laptop cloud for all end-to-end tests, with the real template deployed by `sam deploy`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.laptop import BUILT_TEMPLATE, Aws, Cloud, Laptop, Stack, deploy_command
from tests.support.rpc import Gateway

STACK = "petstore"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only a laptop can do (kill a cloud, tamper with it) on AWS."""
    if config.getoption("--cloud") == "aws":
        skip = pytest.mark.skip(reason="needs a laptop cloud of its own")
        for item in items:
            if item.get_closest_marker("laptop"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def cloud(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cloud]:
    """The cloud the tests run against."""
    if request.config.getoption("--cloud") == "aws":
        yield Aws()
        return
    laptop = Laptop(tmp_path_factory.mktemp("laptop"))
    laptop.start()
    yield laptop
    laptop.stop()


@pytest.fixture(scope="session")
def laptop(cloud: Cloud) -> Laptop:
    """The cloud, for what only a laptop can do; such tests are marked `laptop`."""
    assert isinstance(cloud, Laptop)
    return cloud


@pytest.fixture(scope="session")
def stack(cloud: Cloud) -> Stack:
    """The deployed stack. Tests leave it as they found it."""
    name = os.environ.get("STACK_NAME", STACK)
    if isinstance(cloud, Laptop):
        assert BUILT_TEMPLATE.exists(), "make build first"
        deployed = cloud.run(*deploy_command(name))
        assert deployed.status == 0, deployed.output
    return Stack.read(cloud, name)


@pytest.fixture(scope="session")
def token(cloud: Cloud, stack: Stack) -> str:
    """The demo user's access token."""
    return stack.tokens(cloud)["AccessToken"]


@pytest.fixture(scope="session")
def gateway(cloud: Cloud, stack: Stack, token: str) -> Gateway:
    """The stack's gateway, with that token."""
    return Gateway.of(cloud, stack, token=token)


@pytest.fixture
def other_laptop(tmp_path: Path) -> Iterator[Laptop]:
    """A laptop cloud of one test's own, empty."""
    laptop = Laptop(tmp_path / "home")
    laptop.start()
    yield laptop
    laptop.stop()
