"""What AgentCore counts, as CloudWatch is told of it."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from starlette.responses import Response as Answer

from localcloud.agentcore.memory.model import Memory, MemoryStatus
from localcloud.agentcore.memory.store import MemoryStore
from localcloud.agentcore.metrics import Metrics
from localcloud.agentcore.observed import Observer, memories_observed, runtimes_observed
from localcloud.agentcore.runtime.model import Endpoint, Status
from localcloud.agentcore.runtime.sessions import Key
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.cloud import CloudError, Request, Response
from tests.support.asgi import LoopThread, ask
from tests.support.fake_cloud import ACCOUNT_ID, FakeCloud
from tests.support.planes import opened
from tests.support.policy_plane import METRICS_URL, NOW, OPEN, Desk, PolicyLaptop

ARN = f"arn:aws:bedrock-agentcore:us-east-1:{ACCOUNT_ID}"
RUNTIME = "Faq-0000000001"


def data(cloud: FakeCloud) -> list[dict[str, Any]]:
    """Return the metrics that were sent."""
    sent = [json.loads(one.content) for one in cloud.sent if one.url == METRICS_URL]
    assert {one["Namespace"] for one in sent} <= {"AWS/Bedrock-AgentCore"}
    return [datum for one in sent for datum in one["MetricData"]]


def sums(cloud: FakeCloud, **dimensions: str) -> dict[str, float]:
    """Return the sums of the metrics of exactly these dimensions, times left out."""
    wanted = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    return {
        datum["MetricName"]: datum["StatisticValues"]["Sum"]
        for datum in data(cloud)
        if datum["Dimensions"] == wanted and datum["Unit"] == "Count"
    }


@pytest.fixture
def desk() -> Iterator[Desk]:
    make = partial(PolicyLaptop, observed=True)
    with opened(make) as laptop, laptop.client() as control:
        yield Desk(laptop, control)


@pytest.mark.fidelity("agentcore-metrics.gateway")
def test_requests_to_a_gateway_are_counted_by_method_and_tool(desk: Desk) -> None:
    desk.policy("Everything", OPEN)
    desk.listed()
    for _ in range(2):
        assert desk.allows("lookup_customer", {"customer_id": "1"})
    assert desk.rpc("tools/list", authorization="Bearer nonsense").status == 401
    desk.laptop.loop.run(desk.laptop.metrics.close())
    place = {"Operation": "InvokeGateway", "Protocol": "MCP"}
    calls = {"Method": "tools/call", "Resource": desk.arn, "Name": "Support___lookup_customer"}
    cloud = desk.laptop.cloud
    assert sums(cloud, **place, **calls) == {"Invocations": 2}
    assert sums(cloud, **place, Method="tools/list", Resource=desk.arn) == {"Invocations": 1}
    refused = sums(cloud, **place, Method="none", Resource=desk.arn)
    assert refused == {"Invocations": 1, "UserErrors": 1}
    timed = [datum for datum in data(cloud) if datum["Unit"] == "Milliseconds"]
    assert {datum["MetricName"] for datum in timed} == {"Latency", "Duration"}


@pytest.mark.fidelity("agentcore-metrics.policy")
def test_what_policies_decide_is_counted(desk: Desk) -> None:
    desk.policy("Everything", OPEN)
    desk.policy(
        "NoDelete",
        'forbid(principal, action == AgentCore::Action::"Support___delete_customer",'
        " resource == GATEWAY);",
    )
    assert desk.allows("lookup_customer", {"customer_id": "1"})
    for _ in range(3):
        assert not desk.allows("delete_customer", {"customer_id": "1"})
    desk.laptop.loop.run(desk.laptop.metrics.close())
    found = sums(
        desk.laptop.cloud,
        OperationName="AuthorizeAction",
        PolicyEngine=desk.engine_id,
        TargetResource=desk.gateway_id,
        Mode="ENFORCE",
    )
    assert found == {
        "Invocations": 4,
        "AllowDecisions": 1,
        "DenyDecisions": 3,
        "DeterminingPolicies": 4,
    }


class Planes:
    """The data planes of memories and runtimes, which answer as they are told, observed."""

    def __init__(self, loop: LoopThread) -> None:
        self.loop, self.cloud = loop, FakeCloud()
        self.cloud.answer("POST", METRICS_URL, Response(200))
        self.database = sqlite3.connect(":memory:", check_same_thread=False)
        self.metrics = Metrics(self.cloud, lambda: NOW)
        self.memories, self.runtimes = MemoryStore(self.database), RuntimeStore(self.database)
        self.observer = Observer(self.metrics, self.memories, self.runtimes)

    def ask(self, path: str, *, status: int = 200) -> None:
        """Send one POST to both."""
        answer = Answer(status_code=status)
        for observed in (memories_observed, runtimes_observed):
            app = observed(answer, self.observer)
            at, _, query = path.partition("?")
            request = Request("POST", at, query, headers=(("host", "aws"),))
            self.loop.run(ask(app, request))

    def close(self) -> None:
        self.loop.run(self.metrics.close())


@pytest.fixture
def planes() -> Iterator[Planes]:
    with opened(Planes) as planes:
        yield planes


@pytest.mark.fidelity("agentcore-metrics.memory")
def test_operations_on_a_memory_are_counted_and_what_does_not_exist_is_not(planes: Planes) -> None:
    planes.memories.put(Memory("Notes-0000000001", "Notes", {}, MemoryStatus.ACTIVE, NOW, NOW))
    planes.ask("/memories/Notes-0000000001/events")
    planes.ask("/memories/Notes-0000000001/events", status=400)
    planes.ask("/memories/Notes-0000000001/events", status=429)
    planes.ask("/memories/Made-up-00000001/events", status=404)
    planes.close()
    resource = f"{ARN}:memory/Notes-0000000001"
    assert sums(planes.cloud, Operation="CreateEvent", Resource=resource) == {
        "Invocations": 3,
        "UserErrors": 1,
        "Errors": 1,
        "Throttles": 1,
    }
    assert b"Made-up" not in b"".join(one.content for one in planes.cloud.sent)


@pytest.mark.fidelity("agentcore-metrics.runtime")
def test_requests_and_sessions_of_an_agent_are_counted_by_its_endpoint(planes: Planes) -> None:
    arn = f"{ARN}:runtime/{RUNTIME}"
    endpoint = Endpoint(
        runtime_id=RUNTIME,
        name="canary",
        endpoint_id="canary-1",
        target_version=1,
        status=Status.READY,
        created_at=NOW,
        updated_at=NOW,
    )
    planes.runtimes.put_endpoint(endpoint)
    path = f"/runtimes/{arn.replace(':', '%3A').replace('/', '%2F')}/invocations"
    planes.ask(f"{path}?qualifier=canary")
    planes.ask(f"{path}?qualifier=canary", status=500)
    planes.ask(f"{path}?qualifier=made-up", status=404)
    planes.loop.run(_noted(planes))
    planes.close()
    name = "Faq::canary"
    found = sums(planes.cloud, Operation="InvokeAgentRuntime", Resource=arn, Name=name)
    assert found == {
        "Invocations": 2,
        "System Errors": 1,
        "Total Errors": 1,
        "Session Count": 1,
    }


async def _noted(planes: Planes) -> None:
    planes.observer.session_began(Key(RUNTIME, "canary", "session-1"))


def test_many_values_travel_as_one_statistic(planes: Planes) -> None:
    async def add() -> None:
        for value in (3.0, 1.0, 2.0):
            planes.metrics.add("Latency", (("Operation", "Test"),), value, "Milliseconds")

    planes.loop.run(add())
    planes.close()
    (datum,) = data(planes.cloud)
    assert datum["StatisticValues"] == {
        "SampleCount": 3,
        "Sum": 6.0,
        "Minimum": 1.0,
        "Maximum": 3.0,
    }
    assert datum["Timestamp"] == NOW.timestamp()


def test_metrics_that_cannot_be_sent_are_lost_and_nothing_else(planes: Planes) -> None:
    planes.cloud.answer("POST", METRICS_URL, CloudError("gone"))

    async def add() -> None:
        planes.metrics.add("Invocations", ())
        await asyncio.sleep(0)

    planes.loop.run(add())
    planes.close()
    planes.cloud.answer("POST", METRICS_URL, Response(200))
    planes.loop.run(add())
    planes.close()
    assert [datum["StatisticValues"]["Sum"] for datum in data(planes.cloud)] == [1.0, 1.0]
