"""Every operation that is served, asked everything its model allows and forbids."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.validate import ParamValidator

from localcloud.agentcore.control.app import control_app
from localcloud.agentcore.control.plane import ControlPlane
from localcloud.agentcore.identity.seal import Seal
from localcloud.agentcore.identity.service import IdentityService
from localcloud.agentcore.memory.area import MemoryArea
from localcloud.agentcore.memory.stores import MemoryStores
from localcloud.agentcore.policy.area import PolicyArea
from localcloud.agentcore.policy.store import PolicyStore
from localcloud.agentcore.wire.operations import CONTROL, DATA, service_model
from localcloud.cloud import Response
from tests.support import agent_runtimes, control_plane
from tests.support.asgi import LoopThread, ask
from tests.support.memory_plane import embedder
from tests.support.model_requests import Broken, as_request, broken, valid

COMMON = frozenset({"AccessDeniedException", "ValidationException", "ThrottlingException"})
"""Errors that any operation may answer with, whether its model lists them or not."""

AGENTS = frozenset({"InvokeAgentRuntime", "StopRuntimeSession"})
"""Answered by agents' own front."""

KNOWN = {
    "CreateAgentRuntime: 501 NotImplementedException",
    "ListAgentRuntimeEndpoints: 404 ResourceNotFoundException",
    "ListAgentRuntimes: Invalid length for parameter agentRuntimes[0].description, "
    "value: 0, valid min length: 1",
}
"""The gaps of the claim."""


@dataclass
class World:
    """All of AgentCore in process, as one app."""

    loop: LoopThread
    runtimes: agent_runtimes.Laptop

    def __post_init__(self) -> None:
        gateways = control_plane.Laptop(self.loop)
        cloud, clock, database = gateways.cloud, control_plane.Ticks(), gateways.database
        ids = control_plane.counted_ids().__next__
        memories = MemoryArea(MemoryStores.on(database), embedder(), cloud, clock, ids)
        policies = PolicyArea(PolicyStore(database), gateways.store, cloud, clock, ids)
        self.gateways = gateways
        identity = IdentityService(database, Seal(b"k" * 32), cloud, clock, new_id=ids)
        runtimes = self.runtimes.service.area
        areas = (gateways.area, memories, policies, runtimes, identity.area)
        self.plane = ControlPlane(cloud, areas)
        self.app = control_app(self.plane, request_ids=lambda: "request-1")

    @property
    def operations(self) -> list[OperationModel]:
        """Return the models of what is served."""
        served = self.plane.operations | AGENTS
        return [
            model.operation_model(name)
            for model in (service_model(CONTROL), service_model(DATA))
            for name in sorted(served.intersection(model.operation_names))
        ]

    def answer(self, operation: OperationModel, members: dict[str, Any]) -> Response:
        """Ask, and wait until nothing goes on behind."""
        app = self.runtimes.app if operation.name in AGENTS else self.app
        response = self.loop.run(ask(app, as_request(operation, members)))
        self.loop.run(self.plane.settle())
        return response


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with LoopThread() as loop, agent_runtimes.Laptop(loop, tmp_path) as runtimes:
        made = World(loop, runtimes)
        yield made
    made.gateways.database.close()


@pytest.mark.fidelity("agentcore-control.wire.model")
def test_what_breaks_the_model_is_refused_by_the_name_of_its_place(world: World) -> None:
    asked = [(operation, one) for operation in world.operations for one in broken(operation)]
    assert len(asked) > 3_000
    wrong = {
        f"{operation.name} {one.name} {one.what}: {problem}"
        for operation, one in asked
        if (problem := _not_refused(one, world.answer(operation, one.members)))
    }
    assert wrong == set()


@pytest.mark.fidelity("agentcore-control.wire.model")
def test_what_the_model_allows_is_answered_as_the_model_says(world: World) -> None:
    asked = [(operation, one) for operation in world.operations for one in valid(operation)]
    assert len(asked) > 300
    wrong = {
        f"{operation.name}: {problem}"
        for operation, members in asked
        if (problem := _not_by_the_model(operation, world.answer(operation, members)))
    }
    assert wrong == KNOWN


def _not_refused(one: Broken, response: Response) -> str | None:
    if (response.status, response.headers.get("x-amzn-errortype")) != (400, "ValidationException"):
        return f"{response.status} {response.headers.get('x-amzn-errortype')}"
    names = [problem["name"] for problem in json.loads(response.body).get("fieldList", ())]
    return None if one.name in names else f"named {names}"


def _not_by_the_model(operation: OperationModel, response: Response) -> str | None:
    if response.status >= 300:
        return _undeclared(operation, response)
    if response.status != operation.http["responseCode"]:
        return f"status {response.status}"
    if operation.output_shape is None or operation.has_streaming_output:
        return None
    answered = {
        "status_code": response.status,
        "headers": response.headers,
        "body": response.body,
    }
    parsed = create_parser("rest-json").parse(answered, operation.output_shape)
    parsed.pop("ResponseMetadata")
    report = ParamValidator().validate(parsed, operation.output_shape)
    return report.generate_report() or None


def _undeclared(operation: OperationModel, response: Response) -> str | None:
    code = response.headers.get("x-amzn-errortype", "")
    declared = {shape.name for shape in operation.error_shapes} | COMMON
    if code not in declared:
        return f"{response.status} {code}"
    return "refused as breaking the model" if b"Member must" in response.body else None
