"""Take a last look: exactly what was asked for is there, and READY."""

import json

from provisioner.document import JsonObject, Removal, State, TargetOutcome, Task
from provisioner.errors import NotAsStated, TargetFailed
from provisioner.ports import Control
from provisioner.statuses import READY, described


def run(control: Control, task: Task) -> State:
    """Say in `next`: `remove`, if targets that are no longer stated can go now, or `answer`.

    They go last, so that a run that fails has removed nothing.

    Raises:
        TargetFailed: a target could not be made; with every reason there is.
        NotAsStated: something is missing, too much or not READY.
    """
    _fail_with_targets(task)
    state, gateway_id = task.state, str(task.state["gatewayId"])
    listed = control.list_targets(gateway_id)
    stale = [t["targetId"] for t in listed if t["targetId"] in state["plan"]["staleTargetIds"]]
    if stale and state.get("removal", {}).get("then") != "verify":
        removal = Removal(
            gatewayId=gateway_id,
            targetIds=stale,
            gateway=False,
            deadline=task.deadline(),
            then="verify",
            gone=False,
        )
        return state | {"next": "remove", "removal": removal}
    _check_gateway(control.get_gateway(gateway_id), str(task.request["name"]))
    _check_targets(listed, [target["name"] for target in task.desired["targets"]])
    return state | {"next": "answer", "result": _result(task, listed)}


def _fail_with_targets(task: Task) -> None:
    failures = [_said(outcome) for outcome in task.state.get("targets", []) if "failure" in outcome]
    if failures:
        raise TargetFailed("; ".join(failures))


def _said(outcome: TargetOutcome) -> str:
    """Take the message out of a failed Lambda task's cause; Step Functions' own is text."""
    failure = outcome["failure"]
    try:
        return str(json.loads(failure["Cause"])["errorMessage"])
    except (ValueError, TypeError, KeyError):
        return f"Target {outcome['name']}: {failure.get('Error')} {failure.get('Cause', '')}"


def _check_gateway(gateway: JsonObject | None, name: str) -> None:
    if gateway is None:
        raise NotAsStated(f"Gateway {name} is gone")
    if gateway["status"] != READY:
        raise NotAsStated(described("Gateway", name, gateway))


def _check_targets(listed: list[JsonObject], desired: list[str]) -> None:
    names = sorted(target["name"] for target in listed)
    if names != sorted(desired):
        raise NotAsStated(f"The gateway's targets are {names}, not {sorted(desired)}")
    for target in listed:
        if target["status"] != READY:
            raise NotAsStated(described("Target", target["name"], target))


def _result(task: Task, listed: list[JsonObject]) -> dict[str, str]:
    """Return the attributes for `Fn::GetAtt`: strings, for that is what it takes everywhere."""
    ids = {target["name"]: target["targetId"] for target in listed}
    gateway = task.state["gateway"]
    return {
        "GatewayId": gateway["gatewayId"],
        "GatewayArn": gateway["gatewayArn"],
        "GatewayUrl": gateway["gatewayUrl"],
        "TargetIds": ",".join(ids[target["name"]] for target in task.desired["targets"]),
    }
