"""One target: create or update it, then see whether it has become READY."""

from provisioner.document import JsonObject, TargetStatement, TargetStep, Task
from provisioner.errors import Busy, Refused, TargetFailed, WaitedTooLong
from provisioner.ownership import client_token
from provisioner.ports import Control
from provisioner.statuses import BROKEN, CHANGING, READY, described


def apply(control: Control, task: Task) -> TargetStep:
    """Create or update the task's target, and return its step with the id.

    All targets share one wait: a target whose turn comes after its end is not begun.

    Raises:
        RoleNotReady, Busy, Throttled, Denied: a later try may do.
        Refused: AgentCore does not take what is stated.
        WaitedTooLong: the wait is over.
    """
    step = _step(task)
    if task.is_over(task.state["deadline"]):
        raise WaitedTooLong(f"Target {step['name']} was not begun in {_wait(task)}")
    gateway_id, statement = str(task.state["gatewayId"]), _statement(task, step["name"])
    if step["targetId"] is None:
        return step | {"targetId": _create(control, task, gateway_id, statement)}
    _update(control, gateway_id, step["targetId"], statement)
    return step


def check(control: Control, task: Task) -> JsonObject:
    """Return the step with `next`: `ready` or `wait`.

    Raises:
        TargetFailed: it is in a failed status, or gone; with AWS's reasons.
        WaitedTooLong: the wait is over.
    """
    step = _step(task)
    target = control.get_target(str(task.state["gatewayId"]), str(step["targetId"]))
    if target is None:
        raise TargetFailed(f"Target {step['name']} is gone")
    if target["status"] in BROKEN:
        raise TargetFailed(described("Target", step["name"], target))
    if target["status"] == READY:
        return {**step, "next": "ready"}
    if task.is_over(task.state["deadline"]):
        raise WaitedTooLong(f"{described('Target', step['name'], target)} (after {_wait(task)})")
    return {**step, "next": "wait"}


def _create(control: Control, task: Task, gateway_id: str, statement: TargetStatement) -> str:
    token = client_token(
        task.request, f"gateway/{task.state['attempt']}/target/{statement['name']}"
    )
    try:
        made = control.create_target(gateway_id, statement["parameters"] | {"clientToken": token})
        return str(made["targetId"])
    except Busy:
        # One that was not there when this run began is an earlier try's, whose reply was lost.
        known = task.state["plan"]["knownTargetIds"]
        for listed in control.list_targets(gateway_id):
            if listed["name"] == statement["name"] and listed["targetId"] not in known:
                return str(listed["targetId"])
        raise


def _update(control: Control, gateway_id: str, target_id: str, statement: TargetStatement) -> None:
    try:
        control.update_target(gateway_id, target_id, statement["parameters"])
    except Refused as error:
        # ValidationException has been seen for a target in the middle of a change: of an earlier
        # try's, whose reply was lost. It has no client token.
        target = control.get_target(gateway_id, target_id)
        if target is None or target["status"] not in CHANGING:
            raise
        raise Busy(str(error)) from error


def _step(task: Task) -> TargetStep:
    if task.target is None:
        raise ValueError("a task about a target comes with one")
    return task.target


def _statement(task: Task, name: str) -> TargetStatement:
    return next(target for target in task.desired["targets"] if target["name"] == name)


def _wait(task: Task) -> str:
    return f"{task.request['waitSeconds']} s"
