"""See whether the gateway has become READY."""

from provisioner.document import JsonObject, Removal, State, Task
from provisioner.errors import GatewayFailed, WaitedTooLong
from provisioner.ports import Control
from provisioner.statuses import BROKEN, CREATING, READY, described

MAX_ATTEMPTS = 2
"""A gateway stuck in CREATING is made once more, then it is given up."""


def run(control: Control, task: Task) -> State:
    """Say in `next`: `ready` (the wait for the targets begins), `wait`, or `remove` if stuck.

    Raises:
        GatewayFailed: it is in a failed status, or gone.
        WaitedTooLong: the wait is over.
    """
    name, gateway_id = task.request["name"], str(task.state["gatewayId"])
    gateway = control.get_gateway(gateway_id)
    if gateway is None:
        raise GatewayFailed(f"Gateway {name} is gone")
    if gateway["status"] in BROKEN:
        raise GatewayFailed(described("Gateway", str(name), gateway))
    if gateway["status"] == READY:
        return task.state | {
            "next": "ready",
            "gateway": _identity(gateway),
            "deadline": task.deadline(),
        }
    if not task.is_over(task.state["deadline"]):
        return task.state | {"next": "wait"}
    return _give_up(task, gateway)


def _identity(gateway: JsonObject) -> dict[str, str]:
    """Keep what the answer has; the URL is optional in the model."""
    return {
        "gatewayId": gateway["gatewayId"],
        "gatewayArn": gateway["gatewayArn"],
        "gatewayUrl": gateway.get("gatewayUrl", ""),
    }


def _give_up(task: Task, gateway: JsonObject) -> State:
    state = task.state
    made_here = state["plan"]["gateway"] == "create"
    if gateway["status"] != CREATING or not made_here or state["attempt"] >= MAX_ATTEMPTS:
        said = described("Gateway", str(task.request["name"]), gateway)
        raise WaitedTooLong(f"{said} (after {task.request['waitSeconds']} s)")
    removal = Removal(
        gatewayId=gateway["gatewayId"],
        targetIds=None,
        gateway=True,
        deadline=task.deadline(),
        then="create",
        gone=False,
    )
    return state | {"next": "remove", "attempt": state["attempt"] + 1, "removal": removal}
