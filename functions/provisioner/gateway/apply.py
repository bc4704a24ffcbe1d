"""Create or update the gateway itself."""

from provisioner.document import State, Task
from provisioner.errors import Busy
from provisioner.ownership import client_token, find_ours, owner_tags
from provisioner.ports import Control


def run(control: Control, task: Task) -> State:
    """Do what the plan says of the gateway and its tags; its wait begins now.

    Raises:
        RoleNotReady, Busy, Throttled, Denied: a later try may do.
        Refused: AgentCore does not take what is stated.
    """
    applied = _create(control, task) if _is_new(task) else _update(control, task)
    return task.state | {"gatewayId": applied, "deadline": task.deadline()}


def _is_new(task: Task) -> bool:
    return task.state["plan"]["gateway"] == "create"


def _create(control: Control, task: Task) -> str:
    request = task.request
    parameters = task.desired["gateway"] | {
        "tags": task.desired["tags"] | owner_tags(request["owner"]),
        "clientToken": client_token(request, f"gateway/{task.state['attempt']}"),
    }
    try:
        return str(control.create_gateway(parameters)["gatewayId"])
    except Busy:
        # There was none when this run began: one of ours is an earlier try's, whose reply was lost.
        ours = find_ours(control, request)
        if ours is None:
            raise
        return str(ours["gatewayId"])


def _update(control: Control, task: Task) -> str:
    plan, gateway_id = task.state["plan"], str(task.state["gatewayId"])
    if plan["gateway"] == "update":
        control.update_gateway(gateway_id, task.desired["gateway"])
    if plan["tagsToSet"] or plan["tagsToRemove"]:
        _retag(control, task, gateway_id)
    return gateway_id


def _retag(control: Control, task: Task, gateway_id: str) -> None:
    gateway = control.get_gateway(gateway_id)
    if gateway is None:
        return  # the check that follows says so
    plan = task.state["plan"]
    if plan["tagsToSet"]:
        control.tag(gateway["gatewayArn"], plan["tagsToSet"])
    if plan["tagsToRemove"]:
        control.untag(gateway["gatewayArn"], plan["tagsToRemove"])
