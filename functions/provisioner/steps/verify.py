"""Take a last look: exactly what was asked for is there, and ready."""

import json

from provisioner.document import PartOutcome, Removal, State, Task
from provisioner.errors import NotAsStated, PartFailed
from provisioner.ports import Found, Kind
from provisioner.statuses import READY, described


def run(kind: Kind, task: Task) -> State:
    """Say in `next`: `remove`, if parts that are no longer stated can go now, or `answer`.

    They go last, so that a run that fails has removed nothing.

    Raises:
        PartFailed: a part could not be made; with every reason there is.
        NotAsStated: something is missing, too much or not ready.
    """
    _fail_with_parts(kind, task)
    state, resource_id = task.state, str(task.state["resourceId"])
    listed = kind.parts(resource_id)
    stale = [part.id for part in listed if part.id in state["plan"]["stalePartIds"]]
    if stale and state.get("removal", {}).get("then") != "verify":
        removal = Removal(
            resourceId=resource_id,
            partIds=stale,
            resource=False,
            deadline=task.deadline(),
            then="verify",
            gone=False,
        )
        return state | {"next": "remove", "removal": removal}
    found = _ready(kind, kind.get(resource_id), str(task.request["name"]))
    parts = _as_stated(kind, listed, [part["name"] for part in task.desired["parts"]])
    kind.settle(found, task.desired)
    return state | {"next": "answer", "result": kind.attributes(found, parts)}


def _fail_with_parts(kind: Kind, task: Task) -> None:
    failures = [
        _said(kind, outcome) for outcome in task.state.get("parts", []) if "failure" in outcome
    ]
    if failures:
        raise PartFailed("; ".join(failures))


def _said(kind: Kind, outcome: PartOutcome) -> str:
    """Take the message out of a failed Lambda task's cause; Step Functions' own is text."""
    failure = outcome["failure"]
    try:
        return str(json.loads(failure["Cause"])["errorMessage"])
    except (ValueError, TypeError, KeyError):
        said = f"{failure.get('Error')} {failure.get('Cause', '')}"
        return f"{kind.part_noun} {outcome['name']}: {said}"


def _ready(kind: Kind, found: Found | None, name: str) -> Found:
    if found is None:
        raise NotAsStated(f"{kind.noun} {name} is gone")
    if found.status not in READY:
        raise NotAsStated(described(kind.noun, found))
    return found


def _as_stated(kind: Kind, listed: list[Found], desired: list[str]) -> list[Found]:
    """Return the parts, in the order they are stated in."""
    names = sorted(part.name for part in listed)
    if names != sorted(desired):
        whose = f"The {kind.noun.lower()}'s {kind.part_noun.lower()}s"
        raise NotAsStated(f"{whose} are {names}, not {sorted(desired)}")
    for part in listed:
        if part.status not in READY:
            raise NotAsStated(described(kind.part_noun, part))
    by_name = {part.name: part for part in listed}
    return [by_name[name] for name in desired]
