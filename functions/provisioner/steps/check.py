"""See whether the resource has become ready."""

from provisioner.document import Removal, State, Task
from provisioner.errors import ResourceFailed, WaitedTooLong
from provisioner.ports import Found, Kind
from provisioner.statuses import BROKEN, CREATING, READY, described

MAX_ATTEMPTS = 2
"""A resource stuck in CREATING is made once more, then it is given up."""


def run(kind: Kind, task: Task) -> State:
    """Say in `next`: `ready` (the wait for the parts begins), `wait`, or `remove` if stuck.

    Raises:
        ResourceFailed: it is in a failed status, or gone.
        WaitedTooLong: the wait is over.
    """
    found = kind.get(str(task.state["resourceId"]))
    if found is None:
        raise ResourceFailed(f"{kind.noun} {task.request['name']} is gone")
    if found.status in BROKEN:
        raise ResourceFailed(described(kind.noun, found))
    if found.status in READY:
        return task.state | {"next": "ready", "deadline": task.deadline()}
    if not task.is_over(task.state["deadline"]):
        return task.state | {"next": "wait"}
    return _give_up(kind, task, found)


def _give_up(kind: Kind, task: Task, found: Found) -> State:
    state = task.state
    made_here = state["plan"]["resource"] == "create"
    if found.status != CREATING or not made_here or state["attempt"] >= MAX_ATTEMPTS:
        said = described(kind.noun, found)
        raise WaitedTooLong(f"{said} (after {task.request['waitSeconds']} s)")
    removal = Removal(
        resourceId=found.id,
        partIds=None,
        resource=True,
        deadline=task.deadline(),
        then="create",
        gone=False,
    )
    return state | {"next": "remove", "attempt": state["attempt"] + 1, "removal": removal}
