"""A gateway's life under the whole state machine: created, updated in place, renamed, deleted."""

import json

import pytest

from tests.support.provisioning import (
    API_GATEWAY,
    LAPTOP,
    MOTO,
    RESPONSE_URL,
    ControlPlane,
    Stack,
    target,
)

WIDER = {
    "Mcp": {
        "ApiGateway": API_GATEWAY
        | {
            "ApiGatewayToolConfiguration": {
                "ToolFilters": [{"FilterPath": "/pets/*", "Methods": ["GET", "PUT"]}]
            }
        }
    }
}


def skip_moto(plane: ControlPlane, difference: str) -> None:
    """Leave moto out of a test, naming what it is known to do differently from AWS."""
    if plane.name == MOTO:
        pytest.skip(f"moto: {difference}")


def test_a_create_makes_gateway_and_targets_and_answers_with_their_attributes(
    stack: Stack, control_plane: ControlPlane
) -> None:
    answer = stack.create()
    assert (answer["Status"], answer["Reason"]) == ("SUCCESS", "")
    assert answer["PhysicalResourceId"] == "gateway/petstore-gw"
    gateway = control_plane.client.get_gateway(gatewayIdentifier=answer["Data"]["GatewayId"])
    assert gateway["status"] == "READY"
    assert answer["Data"]["GatewayArn"] == gateway["gatewayArn"]
    assert answer["Data"]["GatewayUrl"] == gateway["gatewayUrl"]
    (made,) = control_plane.targets(gateway["gatewayId"])
    assert (made["name"], made["status"]) == ("PetStoreTarget", "READY")
    assert answer["Data"]["TargetIds"] == made["targetId"]
    assert control_plane.changes == ["CreateGateway", "CreateGatewayTarget"]
    assert stack.executions[-1].status == "SUCCEEDED"


def test_numbers_and_booleans_arrive_as_such(stack: Stack, control_plane: ControlPlane) -> None:
    protocol = {
        "Mcp": {
            "SupportedVersions": ["2025-06-18"],
            "SessionConfiguration": {"SessionTimeoutInSeconds": 900},
            "StreamingConfiguration": {"EnableResponseStreaming": True},
        }
    }
    answer = stack.create(ProtocolConfiguration=protocol)
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    gateway = control_plane.client.get_gateway(gatewayIdentifier=answer["Data"]["GatewayId"])
    stated = gateway["protocolConfiguration"]["mcp"]
    assert stated["sessionConfiguration"] == {"sessionTimeoutInSeconds": 900}
    assert stated["streamingConfiguration"] == {"enableResponseStreaming": True}


def test_a_create_waits_only_seconds_where_gateways_are_ready_at_once(stack: Stack) -> None:
    stack.create()
    assert stack.interpreter.waited_s <= 8


def test_more_targets_than_may_be_worked_on_at_once_are_all_made(
    stack: Stack, control_plane: ControlPlane
) -> None:
    answer = stack.create(Targets=[target(f"Target{number}") for number in range(12)])
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    made = control_plane.targets(answer["Data"]["GatewayId"])
    assert {item["name"] for item in made} == {f"Target{number}" for number in range(12)}
    by_name = {item["name"]: item["targetId"] for item in made}
    in_order = [by_name[f"Target{number}"] for number in range(12)]
    assert answer["Data"]["TargetIds"].split(",") == in_order


def test_an_event_delivered_twice_starts_one_execution_and_makes_one_gateway(
    stack: Stack, control_plane: ControlPlane
) -> None:
    answer = stack.create()
    first = stack.event("Create", stack.stated) | {"RequestId": answer["RequestId"]}
    assert stack.invoke_door(first) == {"status": "STARTED", "reason": ""}
    assert list(stack.started) == [answer["RequestId"]]
    assert control_plane.gateways() == ["petstore-gw"]


def test_the_same_execution_run_again_changes_nothing(
    stack: Stack, control_plane: ControlPlane
) -> None:
    answer = stack.create(Targets=[target(Revision=None)])
    control_plane.changes.clear()
    assert stack.run(answer["RequestId"]).status == "SUCCEEDED"
    assert control_plane.changes == []
    assert control_plane.gateways() == ["petstore-gw"]


def test_an_update_that_changes_nothing_calls_nothing(
    stack: Stack, control_plane: ControlPlane
) -> None:
    created = stack.create()
    control_plane.changes.clear()
    answer = stack.update()
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", created["Data"])
    assert control_plane.changes == []


def test_a_changed_tool_filter_updates_the_target_in_place(
    stack: Stack, control_plane: ControlPlane
) -> None:
    skip_moto(control_plane, "a target that is updated stays UPDATING for ever")
    created = stack.create()
    control_plane.changes.clear()
    answer = stack.update(Targets=[target(TargetConfiguration=WIDER)])
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", created["Data"])
    assert control_plane.changes == ["UpdateGatewayTarget"]
    (changed,) = control_plane.targets(answer["Data"]["GatewayId"])
    configuration = changed["targetConfiguration"]["mcp"]["apiGateway"]
    filters = configuration["apiGatewayToolConfiguration"]["toolFilters"]
    assert filters == [{"filterPath": "/pets/*", "methods": ["GET", "PUT"]}]


@pytest.mark.fidelity("provisioner.targets.snapshot")
def test_a_new_revision_takes_the_api_again(stack: Stack, control_plane: ControlPlane) -> None:
    skip_moto(control_plane, "a target that is updated stays UPDATING for ever")
    stack.create()
    control_plane.changes.clear()
    assert stack.update(Targets=[target(Revision="deployment-2")])["Status"] == "SUCCESS"
    assert control_plane.changes == ["UpdateGatewayTarget"]


def test_a_description_that_is_no_longer_stated_goes_away(
    stack: Stack, control_plane: ControlPlane
) -> None:
    skip_moto(control_plane, "updates merge instead of replacing, and stay UPDATING for ever")
    stack.create(Description="Tools")
    control_plane.changes.clear()
    answer = stack.update()
    assert answer["Status"] == "SUCCESS"
    assert control_plane.changes == ["UpdateGateway"]
    gateway = control_plane.client.get_gateway(gatewayIdentifier=answer["Data"]["GatewayId"])
    assert "description" not in gateway


def test_targets_come_and_go_with_the_statement(stack: Stack, control_plane: ControlPlane) -> None:
    stack.create(Targets=[target("Old"), target("Kept")])
    control_plane.changes.clear()
    answer = stack.update(Targets=[target("Kept"), target("New")])
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    listed = control_plane.targets(answer["Data"]["GatewayId"])
    assert [item["name"] for item in listed] == ["Kept", "New"]
    assert control_plane.changes == ["CreateGatewayTarget", "DeleteGatewayTarget"]


def test_tags_follow_the_statement_and_the_owner_s_stay(
    stack: Stack, control_plane: ControlPlane
) -> None:
    stack.create(Tags={"team": "pets", "cost": "1"})
    control_plane.changes.clear()
    answer = stack.update(Tags={"team": "shop"})
    arn = answer["Data"]["GatewayArn"]
    tags = control_plane.client.list_tags_for_resource(resourceArn=arn)["tags"]
    assert tags == {
        "team": "shop",
        "provisioner:stack-id": stack.stack_id,
        "provisioner:logical-id": "PetStoreGateway",
    }
    assert control_plane.changes == ["TagResource", "UntagResource"]


def test_a_rename_makes_a_new_gateway_and_cloudformation_deletes_the_old_one(
    stack: Stack, control_plane: ControlPlane
) -> None:
    before, old = stack.create()["PhysicalResourceId"], stack.stated
    renamed = stack.update(Name="petshop-gw")
    assert renamed["PhysicalResourceId"] == "gateway/petshop-gw" != before
    assert sorted(control_plane.gateways()) == ["petshop-gw", "petstore-gw"]
    stack.physical_id = before
    assert stack.send("Delete", old)["Status"] == "SUCCESS"
    assert control_plane.gateways() == ["petshop-gw"]


def test_a_delete_removes_targets_then_gateway(stack: Stack, control_plane: ControlPlane) -> None:
    stack.create(Targets=[target("One"), target("Two")])
    control_plane.changes.clear()
    answer = stack.delete()
    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "gateway/petstore-gw")
    assert control_plane.gateways() == []
    assert control_plane.changes[:3] == ["DeleteGatewayTarget"] * 2 + ["DeleteGateway"]


def test_deleting_what_is_gone_already_succeeds(stack: Stack, control_plane: ControlPlane) -> None:
    stack.create()
    stack.delete()
    control_plane.changes.clear()
    assert stack.delete()["Status"] == "SUCCESS"
    assert control_plane.changes == []


def test_an_id_that_was_never_issued_deletes_what_a_cut_off_create_left(
    stack: Stack, control_plane: ControlPlane
) -> None:
    stack.create()
    stack.physical_id = "petstore_PetStoreGateway_ABCD1234"
    answer = stack.delete()
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == "petstore_PetStoreGateway_ABCD1234"
    assert control_plane.gateways() == []


def test_a_gateway_of_another_stack_is_neither_taken_nor_deleted(
    stack: Stack, control_plane: ControlPlane
) -> None:
    stack.create()
    stack.stack_id += "-other"
    control_plane.changes.clear()
    refused = stack.create()
    assert refused["Status"] == "FAILED"
    assert "does not belong to this stack's resource (NameTaken)" in refused["Reason"]
    assert stack.delete()["Status"] == "SUCCESS"
    assert control_plane.changes == []
    assert control_plane.gateways() == ["petstore-gw"]


def test_a_create_after_one_that_was_cut_off_takes_over_what_is_there(
    stack: Stack, control_plane: ControlPlane
) -> None:
    first = stack.create(Targets=[])
    control_plane.changes.clear()
    answer = stack.create()  # CloudFormation lost count: the same resource is created again
    assert (answer["Status"], answer["Data"]["GatewayId"]) == (
        "SUCCESS",
        first["Data"]["GatewayId"],
    )
    assert control_plane.changes == ["CreateGatewayTarget"]


def test_a_gateway_deleted_by_hand_is_made_again(stack: Stack, control_plane: ControlPlane) -> None:
    gateway_id = stack.create(Targets=[])["Data"]["GatewayId"]
    control_plane.client.delete_gateway(gatewayIdentifier=gateway_id)
    if control_plane.name == LAPTOP:
        control_plane.ours.settle()
    answer = stack.update()
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert answer["Data"]["GatewayId"] != gateway_id
    assert len(control_plane.targets(answer["Data"]["GatewayId"])) == 1


def test_the_response_url_shows_only_where_it_is_needed(
    stack: Stack, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    stack.create()
    answer = stack.started[stack.answers[-1]["RequestId"]]
    assert "ResponseURL" in answer["event"]
    assert RESPONSE_URL not in json.dumps(answer["request"])
    # In the history: what the execution was started with, which its first state is given.
    assert stack.executions[-1].history.count("X-Amz-Signature") == 1
    printed = capsys.readouterr()
    assert "X-Amz-Signature" not in printed.out + printed.err + caplog.text
