"""Planning, undoing and removing, on a control plane in memory."""

from datetime import UTC, datetime, timedelta

import pytest

from provisioner.difference import differs
from provisioner.document import Removal, Request, State, Statement, TargetStatement, Task
from provisioner.errors import NameTaken, NotAsStated, WaitedTooLong
from provisioner.gateway import apply, plan, remove, target, undo, verify
from provisioner.ownership import client_token, owner_tags
from tests.support.fake_control import FakeControl

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = {"stackId": "arn:stack", "logicalId": "PetStoreGateway"}


def statement(*names: str, **gateway: object) -> Statement:
    return Statement(
        gateway={"name": "gw", "roleArn": "arn:role", "authorizerType": "AWS_IAM"} | gateway,
        tags={},
        targets=[
            TargetStatement(
                name=name, revision=None, parameters={"name": name, "targetConfiguration": {"a": 1}}
            )
            for name in names
        ],
    )


def request(desired: Statement, previous: Statement | None = None) -> Request:
    return Request(
        type="Update" if previous else "Create",
        name="gw",
        token="request-1",
        owner=OWNER,  # type: ignore[typeddict-item] # a dictionary will do
        waitSeconds=300,
        desired=desired,
        previous=previous,
    )


def task(state: State | None = None, asked: Request | None = None, after_s: int = 0) -> Task:
    return Task(state or State(request=asked or request(statement())), NOW + timedelta(0, after_s))


def provisioned(*names: str, **gateway: object) -> FakeControl:
    """Return a control plane on which this statement has been provisioned."""
    control = FakeControl()
    stated = statement(*names, **gateway)
    state = apply.run(control, task(plan.run(control, task(asked=request(stated)))))
    for step in state["plan"]["targets"]:
        target.apply(control, Task(state, NOW, step))
    control.calls.clear()
    return control


def test_where_nothing_is_everything_is_created() -> None:
    state = plan.run(FakeControl(), task(asked=request(statement("A", "B"))))
    assert (state["next"], state["plan"]["gateway"]) == ("apply", "create")
    assert [(step["name"], step["do"]) for step in state["plan"]["targets"]] == [
        ("A", "create"),
        ("B", "create"),
    ]


def test_where_all_is_as_stated_nothing_is_planned() -> None:
    control = provisioned("A")
    state = plan.run(control, task(asked=request(statement("A"), statement("A"))))
    assert (state["next"], state["plan"]["gateway"]) == ("check", "keep")
    assert (state["plan"]["targets"], state["plan"]["staleTargetIds"]) == ([], [])


def test_planning_changes_nothing() -> None:
    control = provisioned("A")
    plan.run(control, task(asked=request(statement("B", description="d"), statement("A"))))
    assert control.calls == []


def test_each_target_is_created_updated_or_removed_as_it_needs() -> None:
    control = provisioned("Same", "Changed", "Gone")
    desired = statement("Same", "Changed", "New")
    desired["targets"][1]["parameters"]["targetConfiguration"] = {"a": 2}
    made = plan.run(control, task(asked=request(desired, statement("Same", "Changed", "Gone"))))
    assert made["plan"]["targets"] == [
        {"name": "Changed", "do": "update", "targetId": "Changed"},
        {"name": "New", "do": "create", "targetId": None},
    ]
    assert made["plan"]["staleTargetIds"] == ["Gone"]


@pytest.mark.parametrize("status", ["FAILED", "UPDATE_UNSUCCESSFUL", "SYNCHRONIZE_UNSUCCESSFUL"])
def test_a_broken_target_is_updated_though_it_is_as_stated(status: str) -> None:
    control = provisioned("A")
    control.listed["A"]["status"] = status
    state = plan.run(control, task(asked=request(statement("A"), statement("A"))))
    assert [step["do"] for step in state["plan"]["targets"]] == ["update"]


@pytest.mark.parametrize("status", ["DELETING", "FAILED"])
def test_what_a_cut_off_run_left_broken_is_removed_first(status: str) -> None:
    control = provisioned()
    (gateway,) = control.gateways.values()
    gateway["status"] = status
    state = plan.run(control, task(asked=request(statement())))
    assert (state["next"], state["removal"]["then"]) == ("remove", "create")
    assert state["plan"]["gateway"] == "create"


def test_someone_else_s_gateway_is_not_taken() -> None:
    control = provisioned()
    (arn,) = control.labels
    control.labels[arn]["provisioner:logical-id"] = "Other"
    with pytest.raises(NameTaken, match="A gateway named gw exists"):
        plan.run(control, task(asked=request(statement())))


def test_undo_of_a_create_finds_the_gateway_whatever_the_tasks_returned() -> None:
    control = FakeControl()
    state = plan.run(control, task(asked=request(statement("A"))))
    apply.run(control, task(state))  # its reply is lost: the document still has no id
    removal = undo.run(control, task(state))["removal"]
    (gateway_id,) = control.gateways
    assert (removal["gatewayId"], removal["gateway"], removal["then"]) == (gateway_id, True, "fail")


def test_undo_where_nothing_was_made_removes_nothing() -> None:
    state = plan.run(FakeControl(), task(asked=request(statement("A"))))
    undone = undo.run(FakeControl(), task(state))
    assert undone["removal"]["gatewayId"] is None
    assert remove.run(FakeControl(), task(undone))["removal"]["gone"]


def test_undo_of_an_update_takes_only_the_targets_it_added() -> None:
    control = provisioned("Kept", "Gone")
    before = statement("Kept", "Gone")
    state = plan.run(control, task(asked=request(statement("Kept", "New"), before)))
    target.apply(control, Task(state, NOW, state["plan"]["targets"][0]))
    removal = undo.run(control, task(state))["removal"]
    assert (removal["targetIds"], removal["gateway"]) == (["New"], False)


def removing(only: list[str] | None, *, gateway: bool = True) -> State:
    removal = Removal(
        gatewayId="gw-1",
        targetIds=only,
        gateway=gateway,
        deadline=(NOW + timedelta(seconds=300)).isoformat(),
        then="answer",
        gone=False,
    )
    return State(request=request(statement()), removal=removal)


@pytest.mark.fidelity("provisioner.targets.five-at-once")
def test_at_most_five_targets_are_deleted_at_once() -> None:
    control = provisioned(*(f"T{number}" for number in range(8)))
    state = remove.run(control, task(removing(None)))
    assert len(control.calls) == 5
    for number in range(2):
        del control.listed[f"T{number}"]
    remove.run(control, task(state))
    assert len(control.calls) == 7
    assert not state["removal"]["gone"]


def test_the_gateway_goes_in_the_same_step_as_the_last_target() -> None:
    control = FakeControl()
    control.gateways["gw-1"] = {"gatewayId": "gw-1", "name": "gw", "status": "READY"}
    assert remove.run(control, task(removing(None)))["removal"]["gone"]
    assert control.calls == [("delete_gateway", "gw-1")]


def test_a_removal_names_what_is_left_at_its_end() -> None:
    control = provisioned("A", "B")
    said = "Still there: targets A, B of gateway gw-1 \\(after 300 s\\)"
    with pytest.raises(WaitedTooLong, match=said):
        remove.run(control, task(removing(None), after_s=300))


def test_a_target_whose_turn_comes_too_late_is_not_begun() -> None:
    control = FakeControl()
    state = apply.run(control, task(plan.run(control, task(asked=request(statement("A"))))))
    control.calls.clear()
    late = Task(state, NOW + timedelta(seconds=300), state["plan"]["targets"][0])
    with pytest.raises(WaitedTooLong, match="Target A was not begun in 300 s"):
        target.apply(control, late)
    assert control.calls == []


def test_what_is_there_in_the_end_must_be_what_was_stated() -> None:
    control = provisioned("A")
    state = plan.run(control, task(asked=request(statement("A"), statement("A"))))
    control.listed["B"] = {"targetId": "B", "name": "B", "status": "READY"}
    with pytest.raises(NotAsStated, match="targets are \\['A', 'B'\\], not \\['A'\\]"):
        verify.run(control, task(state))


@pytest.mark.fidelity("provisioner.client-tokens")
def test_tokens_are_the_same_for_the_same_call_and_no_other() -> None:
    asked = request(statement())
    assert client_token(asked, "gateway/1") == client_token(asked, "gateway/1")
    assert client_token(asked, "gateway/1") != client_token(asked, "gateway/2")
    assert 33 <= len(client_token(asked, "gateway/1")) <= 256


def test_the_owner_is_in_the_tags_whatever_the_template_says() -> None:
    stated = statement()
    stated["tags"] = {"provisioner:stack-id": "mine", "team": "pets"}
    control = FakeControl()
    apply.run(control, task(plan.run(control, task(asked=request(stated)))))
    (tags,) = control.labels.values()
    assert tags == {"team": "pets"} | owner_tags(OWNER)  # type: ignore[arg-type] # as above


@pytest.mark.parametrize(
    ("stated", "current", "previous", "expected"),
    [
        ({"a": 1}, {"a": 1, "added": "by the service"}, {}, False),
        ({"a": 1}, {"a": 2}, {}, True),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": "default"}}, {}, False),
        ({"a": {"b": 1}}, {}, {}, True),
        ({}, {"a": 1}, {"a": 1}, True),
        ({}, {}, {"a": 1}, False),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, {"a": {"c": 2}}, True),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, {}, False),
        ({"a": ["x"]}, {"a": ["x", "y"]}, {}, True),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": "default"}]}, {}, False),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 1}]}, {}, True),
        ({"a": ["x"]}, {"a": "x"}, {}, True),
    ],
)
@pytest.mark.fidelity("provisioner.update.defaults")
def test_only_what_is_stated_or_was_counts(
    stated: object, current: object, previous: object, expected: bool
) -> None:
    assert differs(stated, current, previous) is expected
