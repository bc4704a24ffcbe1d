from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.agentcore_runtime.agents_written import PLAIN
from tests.contract.agentcore_runtime.asking import RUNTIMES
from tests.support.agent_runtimes import Client, Laptop, ready_runtime
from tests.support.asgi import LoopThread


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    with LoopThread() as loop, Laptop(loop, tmp_path) as laptop:
        laptop.upload({"main.py": ""})
        yield laptop
    laptop.database.close()


@pytest.fixture
def client(laptop: Laptop) -> Iterator[Client]:
    with laptop.client() as client:
        yield client


@pytest.fixture
def data(laptop: Laptop) -> Iterator[Client]:
    with laptop.client("bedrock-agentcore") as client:
        yield client


@pytest.fixture
def arn(laptop: Laptop, client: Client) -> str:
    laptop.upload({"main.py": PLAIN})
    return f"{RUNTIMES}/{ready_runtime(laptop, client)}"
