"""One part: create or update it, then see whether it has become ready."""

from provisioner.document import JsonObject, PartStatement, PartStep, Task
from provisioner.errors import Busy, PartFailed, Refused, WaitedTooLong
from provisioner.ownership import client_token
from provisioner.ports import Kind
from provisioner.statuses import BROKEN, CHANGING, READY, described


def apply(kind: Kind, task: Task) -> PartStep:
    """Create or update the task's part, and return its step with the id.

    All parts share one wait: a part whose turn comes after its end is not begun.

    Raises:
        RoleNotReady, Busy, Throttled, Denied: a later try may do.
        Refused: AgentCore does not take what is stated.
        WaitedTooLong: the wait is over.
    """
    step = _step(task)
    if task.is_over(task.state["deadline"]):
        raise WaitedTooLong(f"{kind.part_noun} {step['name']} was not begun in {_wait(task)}")
    if step["partId"] is None:
        return step | {"partId": _create(kind, task, step["name"])}
    _update(kind, task, step["name"], step["partId"])
    return step


def check(kind: Kind, task: Task) -> JsonObject:
    """Return the step with `next`: `ready` or `wait`.

    Raises:
        PartFailed: it is in a failed status, or gone; with AWS's reasons.
        WaitedTooLong: the wait is over.
    """
    step = _step(task)
    found = kind.part(str(task.state["resourceId"]), str(step["partId"]))
    if found is None:
        raise PartFailed(f"{kind.part_noun} {step['name']} is gone")
    if found.status in BROKEN:
        raise PartFailed(described(kind.part_noun, found))
    if found.status in READY:
        return {**step, "next": "ready"}
    if task.is_over(task.state["deadline"]):
        raise WaitedTooLong(f"{described(kind.part_noun, found)} (after {_wait(task)})")
    return {**step, "next": "wait"}


def _create(kind: Kind, task: Task, name: str) -> str:
    resource_id, parameters = str(task.state["resourceId"]), _statement(task, name)["parameters"]
    try:
        return kind.create_part(resource_id, parameters, _token(kind, task, name))
    except Busy:
        # One that was not there when this run began is an earlier try's, whose reply was lost.
        known = task.state["plan"]["knownPartIds"]
        for listed in kind.parts(resource_id):
            if listed.name == name and listed.id not in known:
                return listed.id
        raise


def _update(kind: Kind, task: Task, name: str, part_id: str) -> None:
    resource_id, parameters = str(task.state["resourceId"]), _statement(task, name)["parameters"]
    try:
        kind.update_part(resource_id, part_id, parameters, _token(kind, task, name))
    except Refused as error:
        # ValidationException has been seen for a target in the middle of a change: of an earlier
        # try's, whose reply was lost. It has no client token.
        found = kind.part(resource_id, part_id)
        if found is None or found.status not in CHANGING:
            raise
        raise Busy(str(error)) from error


def _token(kind: Kind, task: Task, name: str) -> str:
    whole = f"{task.request['kind']}/{task.state['attempt']}"
    return client_token(task.request, f"{whole}/{kind.part_noun.lower()}/{name}")


def _step(task: Task) -> PartStep:
    if task.part is None:
        raise ValueError("a task about a part comes with one")
    return task.part


def _statement(task: Task, name: str) -> PartStatement:
    return next(part for part in task.desired["parts"] if part["name"] == name)


def _wait(task: Task) -> str:
    return f"{task.request['waitSeconds']} s"
