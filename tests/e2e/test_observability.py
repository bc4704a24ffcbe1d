"""AgentCore's metrics in CloudWatch, and what watches them."""

import datetime
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.laptop import Cloud, Stack
from tests.support.platform_users import Users, refusal, said

WAIT_S = 15.0
DENIALS = 11
"""One more than the alarm lets pass."""


def waited[T](ask: Callable[[], T | None]) -> T:
    """Ask until there is an answer: metrics come behind the calls."""
    until_s = time.monotonic() + WAIT_S
    while (found := ask()) is None:
        assert time.monotonic() < until_s, "no answer in time"
    return found


def total(cloudwatch: Any, name: str, **dimensions: str) -> float:  # noqa: ANN401 - a client
    """Return the sum of a metric over the last hour."""
    now = datetime.datetime.now(datetime.UTC)
    found = cloudwatch.get_metric_statistics(
        Namespace="AWS/Bedrock-AgentCore",
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - datetime.timedelta(hours=1),
        EndTime=now + datetime.timedelta(minutes=1),
        Period=3600,
        Statistics=["Sum"],
    )
    return float(sum(point["Sum"] for point in found["Datapoints"]))


@pytest.mark.laptop
@pytest.mark.fidelity("laptop.alarms")
@pytest.mark.fidelity("agentcore-metrics.policy")
def test_many_denials_are_counted_and_raise_the_alarm(cloud: Cloud, stack: Stack) -> None:
    cloudwatch, outputs = cloud.client("cloudwatch"), stack.outputs
    place = {
        "OperationName": "AuthorizeAction",
        "PolicyEngine": outputs["PlatformPolicyEngineId"],
        "TargetResource": outputs["PlatformGatewayId"],
        "Mode": "ENFORCE",
    }
    denied = total(cloudwatch, "DenyDecisions", **place)
    allowed = total(cloudwatch, "AllowDecisions", **place)
    support = Users(cloud, stack).gateway("support")
    said(support.call("CRMTools___lookup_customer", account_id="ACME-001"))
    for _ in range(DENIALS):
        refusal(support, "CRMTools___delete_customer", account_id="ACME-001")

    def counted() -> bool | None:
        more = total(cloudwatch, "DenyDecisions", **place) >= denied + DENIALS
        return (more and total(cloudwatch, "AllowDecisions", **place) > allowed) or None

    assert waited(counted)

    def alarmed() -> bool | None:
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"{stack.name}-platform-denials"])[
            "MetricAlarms"
        ]
        return alarm["StateValue"] == "ALARM" or None

    assert waited(alarmed)


@pytest.mark.laptop
@pytest.mark.fidelity("agentcore-metrics.memory")
def test_what_a_memory_is_asked_is_counted(cloud: Cloud, stack: Stack) -> None:
    memory_id = stack.outputs["CustomerMemoryId"]
    cloud.client("bedrock-agentcore").list_actors(memoryId=memory_id)
    (region, account) = (cloud.client("sts").meta.region_name, "000000000000")
    resource = f"arn:aws:bedrock-agentcore:{region}:{account}:memory/{memory_id}"
    cloudwatch = cloud.client("cloudwatch")
    assert waited(
        lambda: total(cloudwatch, "Invocations", Operation="ListActors", Resource=resource) or None
    )


def test_the_dashboard_has_the_gateway_the_policies_the_memories_and_the_agents(
    cloud: Cloud, stack: Stack
) -> None:
    name = f"{stack.name}-platform"
    body = json.loads(cloud.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"])
    titles = [widget["properties"]["title"].partition(":")[0] for widget in body["widgets"]]
    assert titles == ["Gateway", "Gateway", "Policies", "Memories", "Agents"]
    assert stack.outputs["PlatformGatewayId"] in json.dumps(body)
    assert "${" not in json.dumps(body)
