"""A gateway's life under the whole state machine: created, updated in place, renamed, deleted."""

import json

import pytest

from tests.support.provisioning import RESPONSE_URL, Stack, target

pytestmark = pytest.mark.usefixtures("aws_environment")


def names(stack: Stack, control_plane) -> list[str]:
    return sorted(item["name"] for item in control_plane.client.list_gateways()["items"])


def test_a_create_makes_gateway_and_targets_and_answers_with_their_attributes(
    stack: Stack, control_plane
) -> None:
    answer = stack.create()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "")
    assert answer["PhysicalResourceId"] == "gateway/petstore-gw"
    gateway = control_plane.client.get_gateway(gatewayIdentifier=answer["Data"]["GatewayId"])
    assert gateway["status"] == "READY"
    assert answer["Data"]["GatewayArn"] == gateway["gatewayArn"]
    assert answer["Data"]["GatewayUrl"] == gateway["gatewayUrl"]
    listed = control_plane.client.list_gateway_targets(gatewayIdentifier=gateway["gatewayId"])
    assert [(t["name"], t["status"]) for t in listed["items"]] == [("PetStoreTarget", "READY")]
    assert answer["Data"]["TargetIds"] == listed["items"][0]["targetId"]
    assert control_plane.changes == ["CreateGateway", "CreateGatewayTarget"]
    assert stack.executions[-1].status == "SUCCEEDED"
