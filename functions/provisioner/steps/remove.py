"""Make parts, or a resource and all of them, disappear: as far as it goes without waiting.

Called again and again until nothing is left, so it may be cut off anywhere. The service refuses to
delete a gateway for some time after its last target has vanished from the list, and trying again
is the only way to find out; so refusals count as "not yet" until the wait is over.
"""

from provisioner.document import Removal, State, Task
from provisioner.errors import Busy, Refused, WaitedTooLong
from provisioner.ports import Found, Kind
from provisioner.statuses import DELETING

MAX_AT_ONCE = 5
"""Concurrent operations on the targets of one gateway (AgentCore quotas)."""


def run(kind: Kind, task: Task) -> State:
    """Set `removal.gone` once everything asked for is gone.

    Raises:
        WaitedTooLong: something is still there at the end of the wait.
        Denied, Throttled: as usual.
    """
    removal, name = task.state["removal"], task.request["name"]
    left = _remove(kind, removal)
    if left and task.is_over(removal["deadline"]):
        raise WaitedTooLong(f"{left} (after {task.request['waitSeconds']} s)")
    if not left and removal["resource"] and name:
        kind.sweep(name, removal["resourceId"])
    return task.state | {"removal": removal | {"gone": not left}}


def _remove(kind: Kind, removal: Removal) -> str:
    """Return what is left, in words; empty when nothing is."""
    resource_id = removal["resourceId"]
    if resource_id is None:
        return ""
    left = _remove_parts(kind, resource_id, removal["partIds"])
    if left or not removal["resource"]:
        return left
    return _remove_resource(kind, resource_id)


def _remove_parts(kind: Kind, resource_id: str, only: list[str] | None) -> str:
    doomed = _doomed(kind, resource_id, only)
    if not doomed:
        return ""
    begun = sum(part.status == DELETING for part in doomed)
    refusal = ""
    for part in [p for p in doomed if p.status != DELETING][: MAX_AT_ONCE - begun]:
        try:
            kind.delete_part(resource_id, part.id)
        except (Busy, Refused) as error:
            refusal = f" ({error})"
    names = ", ".join(part.name for part in _doomed(kind, resource_id, only))
    whose = f"of {kind.noun.lower()} {resource_id}"
    return names and f"Still there: {kind.part_noun.lower()}s {names} {whose}{refusal}"


def _doomed(kind: Kind, resource_id: str, only: list[str] | None) -> list[Found]:
    return [part for part in kind.parts(resource_id) if only is None or part.id in only]


def _remove_resource(kind: Kind, resource_id: str) -> str:
    found, refusal = kind.get(resource_id), ""
    if found is not None and found.status != DELETING:
        try:
            kind.delete(resource_id)
        except (Busy, Refused) as error:
            refusal = f" ({error})"
        found = kind.get(resource_id)
    return "" if found is None else f"Still there: {kind.noun.lower()} {resource_id}{refusal}"
