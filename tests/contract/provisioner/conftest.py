"""The same provisioning against two control planes, moto's and the laptop's own, or on AWS."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from provisioner.calls import Calls
from provisioner.kinds.gateways import Gateways
from tests.support.account import Account
from tests.support.agent_planes import (
    AgentPlane,
    laptop_memories,
    laptop_runtimes,
    moto_plane,
)
from tests.support.control_plane import Laptop
from tests.support.planes import opened
from tests.support.provisioning import (
    AWS,
    DISCOVERY_URL,
    LAPTOP,
    MOTO,
    REST_API_ID,
    ROLE_ARN,
    ControlPlane,
    Stack,
)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what takes a `control_plane` on those of the cloud that was asked for."""
    if "control_plane" in metafunc.fixturenames:
        on_aws = metafunc.config.getoption("--cloud") == "aws"
        planes = [AWS] if on_aws else [MOTO, LAPTOP]
        metafunc.parametrize("control_plane", planes, indirect=True)


@pytest.fixture
def control_plane(request: pytest.FixtureRequest) -> Iterator[ControlPlane]:
    if request.param == AWS:
        yield from _aws()
        return
    request.getfixturevalue("aws_environment")
    opened = _moto() if request.param == MOTO else _laptop()
    with opened as (client, laptop):
        plane = ControlPlane(request.param, client, laptop, [])
        _watch(plane)
        yield plane


@pytest.fixture
def laptop_plane(aws_environment: None) -> Iterator[ControlPlane]:
    with _laptop() as (client, laptop):
        plane = ControlPlane(LAPTOP, client, laptop, [])
        _watch(plane)
        yield plane


@pytest.fixture
def stack(control_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> Stack:
    return _stack(control_plane, monkeypatch)


@pytest.fixture
def laptop_stack(laptop_plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> Stack:
    return _stack(laptop_plane, monkeypatch)


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_REGION": "us-east-1",  # crhelper opens clients with it
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SAM_LOCAL", raising=False)


@pytest.fixture(params=[MOTO, LAPTOP])
def memory_plane(request: pytest.FixtureRequest, aws_environment: None) -> Iterator[AgentPlane]:
    with moto_plane() if request.param == MOTO else laptop_memories() as client:
        yield AgentPlane(request.param, client)


@pytest.fixture(params=[MOTO, LAPTOP])
def runtime_plane(
    request: pytest.FixtureRequest, aws_environment: None, tmp_path: Path
) -> Iterator[AgentPlane]:
    with moto_plane() if request.param == MOTO else laptop_runtimes(tmp_path) as client:
        yield AgentPlane(request.param, client)


def _stack(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> Stack:
    stack = Stack(Gateways(Calls(plane.client), plane.objects.documents()), account=plane.account)
    stack.interpreter.install(monkeypatch)
    return stack


def _watch(plane: ControlPlane) -> None:
    def note(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's OperationModel
        if not model.name.startswith(("Get", "List")):
            plane.changes.append(model.name)

    plane.client.meta.events.register("before-call.*", note)


def _aws() -> Iterator[ControlPlane]:
    account = Account.of_stack(ROLE_ARN, REST_API_ID, DISCOVERY_URL)
    plane = ControlPlane(AWS, boto3.client("bedrock-agentcore-control"), None, [], account)
    account.tidy(plane.client)
    _watch(plane)
    yield plane
    account.tidy(plane.client)


@contextmanager
def _moto() -> Iterator[tuple[Any, None]]:
    with mock_aws():
        yield boto3.client("bedrock-agentcore-control"), None


@contextmanager
def _laptop() -> Iterator[tuple[Any, Laptop]]:
    with opened(Laptop) as laptop, laptop.client() as client:
        yield client, laptop
