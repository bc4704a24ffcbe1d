"""Find what this run has made, for the removal loop to take away; and nothing else.

It looks at the world and not at what tasks returned: the task that failed may have made something.
"""

from provisioner.document import Removal, Request, State, Task
from provisioner.errors import NameTaken
from provisioner.ownership import find_ours
from provisioner.ports import Control


def run(control: Control, task: Task) -> State:
    """Set `removal` to the gateway this run created, or the targets it added to one there was."""
    plan, request = task.state["plan"], task.request
    made_gateway = plan["gateway"] == "create"
    gateway_id = _ours(control, request)
    target_ids = None if made_gateway or gateway_id is None else _made(control, task, gateway_id)
    removal = Removal(
        gatewayId=gateway_id,
        targetIds=target_ids,
        gateway=made_gateway,
        deadline=task.deadline(),
        then="fail",
        gone=False,
    )
    return task.state | {"removal": removal}


def _ours(control: Control, request: Request) -> str | None:
    try:
        gateway = find_ours(control, request)
    except NameTaken:
        return None  # which may be why there is something to undo
    return gateway["gatewayId"] if gateway else None


def _made(control: Control, task: Task, gateway_id: str) -> list[str]:
    plan = task.state["plan"]
    created = {step["name"] for step in plan["targets"] if step["do"] == "create"}
    return [
        target["targetId"]
        for target in control.list_targets(gateway_id)
        if target["name"] in created and target["targetId"] not in plan["knownTargetIds"]
    ]
