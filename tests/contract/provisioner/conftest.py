"""The same provisioning against two control planes: moto's and the laptop's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws

from provisioner.control import AgentCoreControl
from tests.support.asgi import LoopThread
from tests.support.control_plane import Laptop
from tests.support.provisioning import LAPTOP, MOTO, ControlPlane, Stack


@pytest.fixture(params=[MOTO, LAPTOP])
def control_plane(request: pytest.FixtureRequest, aws_environment: None) -> Iterator[ControlPlane]:
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


def _stack(plane: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> Stack:
    stack = Stack(AgentCoreControl(plane.client))
    stack.interpreter.install(monkeypatch)
    return stack


def _watch(plane: ControlPlane) -> None:
    def note(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's OperationModel
        if not model.name.startswith(("Get", "List")):
            plane.changes.append(model.name)

    plane.client.meta.events.register("before-call.*", note)


@contextmanager
def _moto() -> Iterator[tuple[Any, None]]:
    with mock_aws():
        yield boto3.client("bedrock-agentcore-control"), None


@contextmanager
def _laptop() -> Iterator[tuple[Any, Laptop]]:
    with LoopThread() as loop:
        laptop = Laptop(loop)
        with laptop.client() as client:
            yield client, laptop
        laptop.database.close()
