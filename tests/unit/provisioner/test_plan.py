"""Planning, undoing and removing, on a control plane in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provisioner.difference import differs
from provisioner.document import PartStatement, Removal, Request, State, Statement, Task
from provisioner.errors import NameTaken, NotAsStated, WaitedTooLong
from provisioner.ownership import client_token, owner_tags
from provisioner.ports import Found
from provisioner.steps import apply, part, plan, remove, undo, verify
from tests.support.fake_kind import FakeKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = {"stackId": "arn:stack", "logicalId": "PetStoreGateway"}


def statement(*names: str, **gateway: object) -> Statement:
    return Statement(
        resource={"name": "gw", "roleArn": "arn:role", "authorizerType": "AWS_IAM"} | gateway,
        tags={},
        parts=[
            PartStatement(
                name=name, revision=None, parameters={"name": name, "targetConfiguration": {"a": 1}}
            )
            for name in names
        ],
    )


def request(desired: Statement, previous: Statement | None = None) -> Request:
    return Request(
        kind="gateway",
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


def provisioned(*names: str, **gateway: object) -> FakeKind:
    """Return a control plane on which this statement has been provisioned."""
    kind = FakeKind()
    stated = statement(*names, **gateway)
    state = apply.run(kind, task(plan.run(kind, task(asked=request(stated)))))
    for step in state["plan"]["parts"]:
        part.apply(kind, Task(state, NOW, step))
    kind.calls.clear()
    return kind


def test_where_nothing_is_everything_is_created() -> None:
    state = plan.run(FakeKind(), task(asked=request(statement("A", "B"))))
    assert (state["next"], state["plan"]["resource"]) == ("apply", "create")
    assert [(step["name"], step["do"]) for step in state["plan"]["parts"]] == [
        ("A", "create"),
        ("B", "create"),
    ]


def test_where_all_is_as_stated_nothing_is_planned() -> None:
    kind = provisioned("A")
    state = plan.run(kind, task(asked=request(statement("A"), statement("A"))))
    assert (state["next"], state["plan"]["resource"]) == ("check", "keep")
    assert (state["plan"]["parts"], state["plan"]["stalePartIds"]) == ([], [])


def test_planning_changes_nothing() -> None:
    kind = provisioned("A")
    plan.run(kind, task(asked=request(statement("B", description="d"), statement("A"))))
    assert kind.calls == []


def test_each_target_is_created_updated_or_removed_as_it_needs() -> None:
    kind = provisioned("Same", "Changed", "Gone")
    desired = statement("Same", "Changed", "New")
    desired["parts"][1]["parameters"]["targetConfiguration"] = {"a": 2}
    made = plan.run(kind, task(asked=request(desired, statement("Same", "Changed", "Gone"))))
    assert made["plan"]["parts"] == [
        {"name": "Changed", "do": "update", "partId": "Changed"},
        {"name": "New", "do": "create", "partId": None},
    ]
    assert made["plan"]["stalePartIds"] == ["Gone"]


@pytest.mark.parametrize("status", ["FAILED", "UPDATE_UNSUCCESSFUL", "SYNCHRONIZE_UNSUCCESSFUL"])
def test_a_broken_target_is_updated_though_it_is_as_stated(status: str) -> None:
    kind = provisioned("A")
    kind.listed["A"] = replace(kind.listed["A"], status=status)
    state = plan.run(kind, task(asked=request(statement("A"), statement("A"))))
    assert [step["do"] for step in state["plan"]["parts"]] == ["update"]


@pytest.mark.parametrize("status", ["DELETING", "FAILED"])
def test_what_a_cut_off_run_left_broken_is_removed_first(status: str) -> None:
    kind = provisioned()
    (found,) = kind.resources.values()
    kind.resources[found.id] = replace(found, status=status)
    state = plan.run(kind, task(asked=request(statement())))
    assert (state["next"], state["removal"]["then"]) == ("remove", "create")
    assert state["plan"]["resource"] == "create"


def test_someone_else_s_gateway_is_not_taken() -> None:
    kind = provisioned()
    (arn,) = kind.labels
    kind.labels[arn]["provisioner:logical-id"] = "Other"
    with pytest.raises(NameTaken, match="A gateway named gw exists"):
        plan.run(kind, task(asked=request(statement())))


def test_undo_of_a_create_finds_the_gateway_whatever_the_tasks_returned() -> None:
    kind = FakeKind()
    state = plan.run(kind, task(asked=request(statement("A"))))
    apply.run(kind, task(state))  # its reply is lost: the document still has no id
    removal = undo.run(kind, task(state))["removal"]
    (resource_id,) = kind.resources
    assert (removal["resourceId"], removal["resource"], removal["then"]) == (
        resource_id,
        True,
        "fail",
    )


def test_undo_where_nothing_was_made_removes_nothing() -> None:
    state = plan.run(FakeKind(), task(asked=request(statement("A"))))
    undone = undo.run(FakeKind(), task(state))
    assert undone["removal"]["resourceId"] is None
    assert remove.run(FakeKind(), task(undone))["removal"]["gone"]


def test_undo_of_an_update_takes_only_the_targets_it_added() -> None:
    kind = provisioned("Kept", "Gone")
    before = statement("Kept", "Gone")
    state = plan.run(kind, task(asked=request(statement("Kept", "New"), before)))
    part.apply(kind, Task(state, NOW, state["plan"]["parts"][0]))
    removal = undo.run(kind, task(state))["removal"]
    assert (removal["partIds"], removal["resource"]) == (["New"], False)


def removing(only: list[str] | None) -> State:
    removal = Removal(
        resourceId="gw-1",
        partIds=only,
        resource=True,
        deadline=(NOW + timedelta(seconds=300)).isoformat(),
        then="answer",
        gone=False,
    )
    return State(request=request(statement()), removal=removal)


@pytest.mark.fidelity("provisioner.targets.five-at-once")
def test_at_most_five_targets_are_deleted_at_once() -> None:
    kind = provisioned(*(f"T{number}" for number in range(8)))
    state = remove.run(kind, task(removing(None)))
    assert len(kind.calls) == 5
    for number in range(2):
        del kind.listed[f"T{number}"]
    remove.run(kind, task(state))
    assert len(kind.calls) == 7
    assert not state["removal"]["gone"]


def test_the_gateway_goes_in_the_same_step_as_the_last_target() -> None:
    kind = FakeKind()
    kind.resources["gw-1"] = Found(id="gw-1", name="gw", status="READY", members={})
    assert remove.run(kind, task(removing(None)))["removal"]["gone"]
    assert kind.calls == [("delete", "gw-1")]
    assert kind.swept == [("gw", "gw-1")]


def test_a_removal_names_what_is_left_at_its_end() -> None:
    kind = provisioned("A", "B")
    said = "Still there: targets A, B of gateway gw-1 \\(after 300 s\\)"
    with pytest.raises(WaitedTooLong, match=said):
        remove.run(kind, task(removing(None), after_s=300))


def test_a_target_whose_turn_comes_too_late_is_not_begun() -> None:
    kind = FakeKind()
    state = apply.run(kind, task(plan.run(kind, task(asked=request(statement("A"))))))
    kind.calls.clear()
    late = Task(state, NOW + timedelta(seconds=300), state["plan"]["parts"][0])
    with pytest.raises(WaitedTooLong, match="Target A was not begun in 300 s"):
        part.apply(kind, late)
    assert kind.calls == []


def test_what_is_there_in_the_end_must_be_what_was_stated() -> None:
    kind = provisioned("A")
    state = plan.run(kind, task(asked=request(statement("A"), statement("A"))))
    kind.listed["B"] = Found(id="B", name="B", status="READY", members={})
    with pytest.raises(NotAsStated, match="targets are \\['A', 'B'\\], not \\['A'\\]"):
        verify.run(kind, task(state))


@pytest.mark.fidelity("provisioner.client-tokens")
def test_tokens_are_the_same_for_the_same_call_and_no_other() -> None:
    asked = request(statement())
    assert client_token(asked, "gateway/1") == client_token(asked, "gateway/1")
    assert client_token(asked, "gateway/1") != client_token(asked, "gateway/2")
    assert 33 <= len(client_token(asked, "gateway/1")) <= 256


def test_the_owner_is_in_the_tags_whatever_the_template_says() -> None:
    stated = statement()
    stated["tags"] = {"provisioner:stack-id": "mine", "team": "pets"}
    kind = FakeKind()
    apply.run(kind, task(plan.run(kind, task(asked=request(stated)))))
    (tags,) = kind.labels.values()
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
