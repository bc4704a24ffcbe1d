"""Compare what is stated with what is there. Changes nothing."""

from typing import Literal

from provisioner.difference import differs
from provisioner.document import (
    JsonObject,
    Plan,
    Removal,
    State,
    Statement,
    TargetStatement,
    TargetStep,
    Task,
)
from provisioner.ownership import find_ours, owner_tags
from provisioner.ports import Control
from provisioner.statuses import BROKEN, DELETING, FAILED

FRESH = Plan(
    gateway="create",
    tagsToSet={},
    tagsToRemove=[],
    targets=[],
    knownTargetIds=[],
    staleTargetIds=[],
)


def run(control: Control, task: Task) -> State:
    """Add `plan`, and say in `next` where to begin: `apply`, `check` or `remove`.

    Raises:
        NameTaken: the name belongs to someone else's gateway.
    """
    found = find_ours(control, task.request)
    base = State(request=task.request, gatewayId=found["gatewayId"] if found else None, attempt=1)
    base["deadline"] = task.deadline()
    if task.request["type"] == "Delete":
        return base | {"removal": _all_of(found, task, then="answer"), "next": "remove"}
    if found is None:
        return base | {"plan": _fresh(task.desired), "next": "apply"}
    if found["status"] in {DELETING, FAILED}:  # left by a run that was cut off
        removal = _all_of(found, task, then="create")
        return base | {"plan": _fresh(task.desired), "removal": removal, "next": "remove"}
    plan = _changes(control, task, found)
    untouched = plan["gateway"] == "keep" and not plan["tagsToSet"] and not plan["tagsToRemove"]
    return base | {"plan": plan, "next": "check" if untouched else "apply"}


def _all_of(found: JsonObject | None, task: Task, *, then: Literal["answer", "create"]) -> Removal:
    return Removal(
        gatewayId=found["gatewayId"] if found else None,
        targetIds=None,
        gateway=True,
        deadline=task.deadline(),
        then=then,
        gone=False,
    )


def _fresh(desired: Statement) -> Plan:
    steps = [
        TargetStep(name=target["name"], do="create", targetId=None) for target in desired["targets"]
    ]
    return FRESH | {"targets": steps}


def _changes(control: Control, task: Task, found: JsonObject) -> Plan:
    desired, previous = task.desired, task.request.get("previous")
    before = previous["gateway"] if previous else {}
    changed = found["status"] in BROKEN or differs(desired["gateway"], found, before)
    tags = control.tags(found["gatewayArn"])
    wanted = desired["tags"] | owner_tags(task.request["owner"])
    dropped = (previous["tags"].keys() if previous else set()) - wanted.keys()
    listed = {target["name"]: target for target in control.list_targets(found["gatewayId"])}
    steps = [
        _step(control, found["gatewayId"], target, listed.get(target["name"]), previous)
        for target in desired["targets"]
    ]
    names = {target["name"] for target in desired["targets"]}
    return Plan(
        gateway="update" if changed else "keep",
        tagsToSet={key: value for key, value in wanted.items() if tags.get(key) != value},
        tagsToRemove=sorted(dropped & tags.keys()),
        targets=[step for step in steps if step is not None],
        knownTargetIds=[target["targetId"] for target in listed.values()],
        staleTargetIds=[listed[name]["targetId"] for name in listed.keys() - names],
    )


def _step(
    control: Control,
    gateway_id: str,
    desired: TargetStatement,
    listed: JsonObject | None,
    previous: Statement | None,
) -> TargetStep | None:
    current = control.get_target(gateway_id, listed["targetId"]) if listed else None
    if current is None or current["status"] == DELETING:
        return TargetStep(name=desired["name"], do="create", targetId=None)
    old = previous["targets"] if previous else []
    before = next((target for target in old if target["name"] == desired["name"]), None)
    if (
        current["status"] not in BROKEN
        and _revision(before) == desired["revision"]
        and not differs(desired["parameters"], current, before and before["parameters"])
    ):
        return None
    return TargetStep(name=desired["name"], do="update", targetId=current["targetId"])


def _revision(before: TargetStatement | None) -> str | None:
    return before["revision"] if before else None
