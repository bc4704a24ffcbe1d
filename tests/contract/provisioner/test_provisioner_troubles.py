"""What goes wrong is undone, and said in CloudFormation's event."""

from dataclasses import replace
from typing import Any, ClassVar

import pytest

from agentcore_resources.errors import NotDelivered
from localcloud.agentcore.control.faults import Effect, Fault
from provisioner.errors import Busy, Denied, Refused, RoleNotReady, Throttled
from provisioner.ports import Found
from tests.support.provisioning import (
    API_GATEWAY,
    ControlPlane,
    LosesOneReply,
    Stack,
    Troubled,
    target,
)

NO_RESPONSES = "Operation GET /pets has no responses"
HAS_TARGETS = (
    "DeleteGateway: ValidationException: Gateway petstore-gw-0000000001 has targets associated "
    "with it. Delete all targets before deleting the gateway."
)
SIX_WAITS_S = 6 * 300


def test_a_failing_target_leaves_nothing_and_its_reasons_come_out(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    laptop_plane.ours.importer.failure = NO_RESPONSES
    answer = laptop_stack.create()
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == f"Target PetStoreTarget is FAILED: {NO_RESPONSES} (PartFailed)"
    assert answer["PhysicalResourceId"] == "gateway/petstore-gw"
    assert laptop_plane.gateways() == []
    execution = laptop_stack.executions[-1]
    assert (execution.status, execution.error) == ("FAILED", "ProvisioningFailed")
    assert execution.cause == answer["Reason"]


def test_the_delete_that_follows_a_failed_create_succeeds(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    laptop_plane.ours.importer.failure = NO_RESPONSES
    laptop_stack.create()
    assert laptop_stack.delete()["Status"] == "SUCCESS"


def test_every_failing_target_has_its_say(laptop_stack: Stack, laptop_plane: ControlPlane) -> None:
    laptop_plane.ours.importer.failure = NO_RESPONSES
    reason = laptop_stack.create(Targets=[target("One"), target("Two")])["Reason"]
    assert f"Target One is FAILED: {NO_RESPONSES}" in reason
    assert f"Target Two is FAILED: {NO_RESPONSES}" in reason


def test_a_failed_update_removes_the_targets_it_added_and_no_others(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    created = laptop_stack.create(Targets=[target("Old"), target("Kept")])
    laptop_plane.ours.importer.failure = NO_RESPONSES
    answer = laptop_stack.update(Targets=[target("Kept"), target("New")])
    assert answer["Status"] == "FAILED"
    assert answer["PhysicalResourceId"] == created["PhysicalResourceId"]
    left = laptop_plane.targets(created["Data"]["GatewayId"])
    assert [(item["name"], item["status"]) for item in left] == [
        ("Kept", "READY"),
        ("Old", "READY"),
    ]


def test_the_rollback_of_a_failed_update_restores_what_was(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    created, before = laptop_stack.create(), laptop_stack.stated
    laptop_plane.ours.importer.failure = NO_RESPONSES
    other = {"Mcp": {"ApiGateway": API_GATEWAY | {"Stage": "broken"}}}
    changed = target(TargetConfiguration=other, Revision="deployment-2")
    assert laptop_stack.update(Targets=[changed], Description="new")["Status"] == "FAILED"
    laptop_plane.ours.importer.failure = None
    assert laptop_stack.update()["Status"] == "SUCCESS"
    assert laptop_stack.stated == before
    (restored,) = laptop_plane.targets(created["Data"]["GatewayId"])
    assert restored["status"] == "READY"
    assert restored["targetConfiguration"]["mcp"]["apiGateway"]["stage"] == "prod"


@pytest.mark.fidelity("provisioner.gateway.stuck")
def test_a_gateway_stuck_in_creating_is_made_once_more(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    laptop_plane.ours.faults.order("petstore-gw", Fault(Effect.HOLD))
    answer = laptop_stack.create()
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert laptop_plane.changes.count("CreateGateway") == 2
    assert laptop_plane.gateways() == ["petstore-gw"]
    assert 300 <= laptop_stack.interpreter.waited_s < 330


def test_a_gateway_stuck_twice_fails_the_stack_and_is_removed(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    laptop_plane.ours.faults.order("petstore-gw", Fault(Effect.HOLD, times=2))
    answer = laptop_stack.create(WaitSeconds=10)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == "Gateway petstore-gw is CREATING (after 10 s) (WaitedTooLong)"
    assert laptop_plane.changes.count("CreateGateway") == 2
    assert laptop_plane.gateways() == []
    assert 20 <= laptop_stack.interpreter.waited_s < 40


def test_a_gateway_that_fails_says_why_and_is_removed(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    fault = Fault(Effect.FAIL, reasons=("Role validation failed.", "Try another."))
    laptop_plane.ours.faults.order("petstore-gw", fault)
    answer = laptop_stack.create()
    assert answer["Reason"] == (
        "Gateway petstore-gw is FAILED: Role validation failed. Try another. (ResourceFailed)"
    )
    assert laptop_plane.gateways() == []


def test_a_create_that_never_finished_can_be_deleted(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    laptop_plane.ours.faults.order("petstore-gw", Fault(Effect.HOLD))
    event = laptop_stack.event("Create", {})  # whose execution is cut off here:
    laptop_plane.client.create_gateway(
        name="petstore-gw",
        roleArn="arn:aws:iam::123456789012:role/gateway",
        authorizerType="AWS_IAM",
        tags={
            "provisioner:stack-id": event["StackId"],
            "provisioner:logical-id": event["LogicalResourceId"],
        },
    )
    laptop_stack.physical_id = "petstore-PetStoreGateway-1ABCDEFGHIJKL"
    assert laptop_stack.send("Delete", {"Name": "petstore-gw"})["Status"] == "SUCCESS"
    assert laptop_plane.gateways() == []


@pytest.mark.fidelity("provisioner.roles.propagation-denied")
def test_what_iam_forbids_is_tried_once_more_and_then_named(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    laptop_plane.ours.cloud.denied.append(("bedrock-agentcore:CreateGateway", "*"))
    answer = laptop_stack.create()
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("CreateGateway: AccessDeniedException: User: ")
    assert answer["Reason"].endswith("(Denied)")
    assert laptop_plane.changes == ["CreateGateway", "CreateGateway"]


@pytest.mark.fidelity("provisioner.role.not-ready")
def test_a_role_that_iam_has_not_spread_is_waited_for(stack: Stack) -> None:
    stack.kind = Troubled(stack.kind, create=[RoleNotReady("not yet")] * 4)
    answer = stack.create()
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert 40 <= stack.interpreter.waited_s <= 60


def test_a_role_that_never_works_is_given_up_within_a_minute(
    stack: Stack, control_plane: ControlPlane
) -> None:
    stack.kind = Troubled(stack.kind, create=[RoleNotReady("not yet")] * 99)
    assert stack.create()["Reason"] == "not yet (RoleNotReady)"
    assert stack.interpreter.waited_s <= 60
    assert control_plane.gateways() == []


@pytest.mark.parametrize(
    ("method", "trouble"),
    [
        ("create", Throttled("slow down")),
        ("create", Busy("in use")),
        ("create_part", Throttled("slow down")),
        ("create_part", Busy("in use")),
        ("find", Throttled("slow down")),
        ("part", Throttled("slow down")),
        ("parts", Throttled("slow down")),
    ],
)
def test_what_passes_is_tried_again(stack: Stack, method: str, trouble: Exception) -> None:
    stack.kind = Troubled(stack.kind, **{method: [trouble]})
    answer = stack.create()
    assert answer["Status"] == "SUCCESS", answer["Reason"]


@pytest.mark.parametrize("code", ["ConflictException", "ValidationException"])
def test_a_lost_reply_of_an_update_waits_for_what_it_began(
    laptop_stack: Stack, laptop_plane: ControlPlane, code: str
) -> None:
    """Either has been seen for a target that is in the middle of a change."""
    gateway_id = laptop_stack.create()["Data"]["GatewayId"]
    kind = laptop_stack.kind
    refusal = Busy("no") if code == "ConflictException" else Refused("UPDATING", code)

    class LosesReplies(Troubled):
        replies: ClassVar = [Throttled("no connection"), refusal]
        updating = False

        def update_part(self, *arguments: Any) -> None:  # noqa: ANN401 - the port's own
            self.updating = bool(self.replies)
            if self.replies:
                raise self.replies.pop(0)
            kind.update_part(*arguments)

        def part(self, resource_id: str, part_id: str) -> Found | None:
            found = kind.part(resource_id, part_id)
            return replace(found, status="UPDATING") if found and self.updating else found

    laptop_stack.kind = LosesReplies(kind)
    answer = laptop_stack.update(Targets=[target(Description="new")])
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert laptop_plane.targets(gateway_id)[0]["description"] == "new"


def test_a_lost_reply_makes_no_second_target(stack: Stack, control_plane: ControlPlane) -> None:
    stack.kind = LosesOneReply(stack.kind, "create_part")
    answer = stack.create()
    assert answer["Status"] == "SUCCESS", answer["Reason"]
    assert len(control_plane.targets(answer["Data"]["GatewayId"])) == 1


@pytest.mark.fidelity("provisioner.delete.drain")
def test_a_gateway_whose_targets_still_drain_is_deleted_in_the_end(
    stack: Stack, control_plane: ControlPlane
) -> None:
    stack.create()
    refusal = Refused(HAS_TARGETS, "ValidationException")
    stack.kind = Troubled(stack.kind, delete=[refusal, refusal, Busy("not yet")])
    assert stack.delete()["Status"] == "SUCCESS"
    assert control_plane.gateways() == []


def test_a_gateway_that_never_goes_is_given_up_with_the_reason(
    stack: Stack, control_plane: ControlPlane
) -> None:
    stack.create(WaitSeconds=20)
    refusal = Refused(HAS_TARGETS, "ValidationException")
    stack.kind = Troubled(stack.kind, delete=[refusal] * 99)
    answer = stack.delete()
    assert answer["Status"] == "FAILED"
    assert f"({HAS_TARGETS}) (after 20 s) (WaitedTooLong)" in answer["Reason"]
    assert control_plane.gateways() == ["petstore-gw"]


def test_what_could_not_be_undone_is_said_beside_what_failed(stack: Stack) -> None:
    denied = [Denied("DeleteGateway: AccessDeniedException: no")]
    stack.kind = Troubled(
        stack.kind, create_part=[Refused("CreateGatewayTarget: bad")], delete=denied
    )
    assert stack.create()["Reason"] == (
        "CreateGatewayTarget: bad (PartFailed); and what was made could not be removed: "
        "DeleteGateway: AccessDeniedException: no (Denied)"
    )


def test_a_bug_is_undone_too(stack: Stack, control_plane: ControlPlane) -> None:
    stack.kind = Troubled(stack.kind, part=[KeyError("status")])
    answer = stack.create()
    assert (answer["Status"], answer["Reason"]) == ("FAILED", "'status' (PartFailed)")
    assert control_plane.gateways() == []


def test_an_answer_that_is_not_taken_is_sent_again(stack: Stack) -> None:
    stack.refuse_answers = [NotDelivered("status 403")] * 3
    assert stack.create()["Status"] == "SUCCESS"
    assert len(stack.answers) == 1


def test_an_answer_that_is_never_taken_fails_the_execution(stack: Stack) -> None:
    stack.refuse_answers = [NotDelivered("status 403")] * 99
    event = stack.event("Create", {"Name": "petstore-gw"} | _stated())
    stack.invoke_door(event)
    execution = stack.run(event["RequestId"])
    assert (execution.status, execution.error) == ("FAILED", "NotAnswered")
    assert "status 403" in str(execution.cause)


def test_bad_properties_are_refused_at_once_by_name(
    stack: Stack, control_plane: ControlPlane
) -> None:
    answer = stack.create(Name="no_underscores", Targets=[{"Name": "T"}])
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("Name: String should match pattern")
    assert stack.started == {}
    assert stack.delete()["Status"] == "SUCCESS"
    assert control_plane.changes == []


def test_the_longest_run_of_waits_stays_within_the_machine_s_limit(
    laptop_stack: Stack, laptop_plane: ControlPlane
) -> None:
    """Two gateways, the first one stuck; then a target that never gets ready; then the undo."""
    laptop_plane.ours.faults.order("petstore-gw", Fault(Effect.HOLD))
    kind = laptop_stack.kind

    class NeverReady(Troubled):
        def part(self, resource_id: str, part_id: str) -> Found | None:
            found = kind.part(resource_id, part_id)
            return found and replace(found, status="CREATING")

    laptop_stack.kind = NeverReady(kind)
    answer = laptop_stack.create()
    assert answer["Reason"] == "Target PetStoreTarget is CREATING (after 300 s) (PartFailed)"
    assert 600 <= laptop_stack.interpreter.waited_s <= SIX_WAITS_S
    assert laptop_plane.gateways() == []


def _stated() -> dict[str, object]:
    return {"RoleArn": "arn:aws:iam::123456789012:role/gateway", "AuthorizerType": "AWS_IAM"}
