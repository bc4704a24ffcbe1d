"""Make targets, or the gateway and all of them, disappear: as far as it goes without waiting.

Called again and again until nothing is left, so it may be cut off anywhere. The service refuses to
delete a gateway for some time after its last target has vanished from the list, and trying again
is the only way to find out; so refusals count as "not yet" until the wait is over.
"""

from provisioner.document import JsonObject, Removal, State, Task
from provisioner.errors import Busy, Refused, WaitedTooLong
from provisioner.ports import Control
from provisioner.statuses import DELETING

MAX_AT_ONCE = 5
"""Concurrent operations on the targets of one gateway (AgentCore quotas)."""


def run(control: Control, task: Task) -> State:
    """Set `removal.gone` once everything asked for is gone.

    Raises:
        WaitedTooLong: something is still there at the end of the wait.
        Denied, Throttled: as usual.
    """
    removal = task.state["removal"]
    left = _remove(control, removal)
    if left and task.is_over(removal["deadline"]):
        raise WaitedTooLong(f"{left} (after {task.request['waitSeconds']} s)")
    return task.state | {"removal": removal | {"gone": not left}}


def _remove(control: Control, removal: Removal) -> str:
    """Return what is left, in words; empty when nothing is."""
    gateway_id = removal["gatewayId"]
    if gateway_id is None:
        return ""
    left = _remove_targets(control, gateway_id, removal["targetIds"])
    if left or not removal["gateway"]:
        return left
    return _remove_gateway(control, gateway_id)


def _remove_targets(control: Control, gateway_id: str, only: list[str] | None) -> str:
    doomed = _doomed(control, gateway_id, only)
    if not doomed:
        return ""
    begun = sum(target["status"] == DELETING for target in doomed)
    refusal = ""
    for target in [t for t in doomed if t["status"] != DELETING][: MAX_AT_ONCE - begun]:
        try:
            control.delete_target(gateway_id, target["targetId"])
        except (Busy, Refused) as error:
            refusal = f" ({error})"
    names = ", ".join(target["name"] for target in _doomed(control, gateway_id, only))
    return names and f"Still there: targets {names} of gateway {gateway_id}{refusal}"


def _doomed(control: Control, gateway_id: str, only: list[str] | None) -> list[JsonObject]:
    listed = control.list_targets(gateway_id)
    return [target for target in listed if only is None or target["targetId"] in only]


def _remove_gateway(control: Control, gateway_id: str) -> str:
    gateway, refusal = control.get_gateway(gateway_id), ""
    if gateway is not None and gateway["status"] != DELETING:
        try:
            control.delete_gateway(gateway_id)
        except (Busy, Refused) as error:
            refusal = f" ({error})"
        gateway = control.get_gateway(gateway_id)
    return "" if gateway is None else f"Still there: gateway {gateway_id}{refusal}"
