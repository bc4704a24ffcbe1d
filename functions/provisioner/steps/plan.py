"""Compare what is stated with what is there. Changes nothing."""

from typing import Literal

from provisioner.document import (
    PartStatement,
    PartStep,
    Plan,
    Removal,
    State,
    Statement,
    Task,
)
from provisioner.ownership import find_ours, owner_tags
from provisioner.ports import Found, Kind
from provisioner.statuses import BROKEN, DELETING

FRESH = Plan(
    resource="create",
    tagsToSet={},
    tagsToRemove=[],
    parts=[],
    knownPartIds=[],
    stalePartIds=[],
)


def run(kind: Kind, task: Task) -> State:
    """Add `plan`, and say in `next` where to begin: `apply`, `check` or `remove`.

    Raises:
        NameTaken: the name belongs to someone else's resource.
    """
    found = find_ours(kind, task.request)
    base = State(request=task.request, resourceId=found.id if found else None, attempt=1)
    base["deadline"] = task.deadline()
    if task.request["type"] == "Delete":
        return base | {"removal": _all_of(found, task, then="answer"), "next": "remove"}
    if found is None:
        return base | {"plan": _fresh(task.desired), "next": "apply"}
    if found.status in kind.useless:  # left by a run that was cut off
        removal = _all_of(found, task, then="create")
        return base | {"plan": _fresh(task.desired), "removal": removal, "next": "remove"}
    plan = _changes(kind, task, found)
    untouched = plan["resource"] == "keep" and not plan["tagsToSet"] and not plan["tagsToRemove"]
    return base | {"plan": plan, "next": "check" if untouched else "apply"}


def _all_of(found: Found | None, task: Task, *, then: Literal["answer", "create"]) -> Removal:
    return Removal(
        resourceId=found.id if found else None,
        partIds=None,
        resource=True,
        deadline=task.deadline(),
        then=then,
        gone=False,
    )


def _fresh(desired: Statement) -> Plan:
    steps = [PartStep(name=part["name"], do="create", partId=None) for part in desired["parts"]]
    return FRESH | {"parts": steps}


def _changes(kind: Kind, task: Task, found: Found) -> Plan:
    desired, previous = task.desired, task.request.get("previous")
    changed = found.status in BROKEN or kind.differs(desired, found, previous)
    tags = kind.tags(found.arn)
    wanted = desired["tags"] | owner_tags(task.request["owner"])
    dropped = (previous["tags"].keys() if previous else set()) - wanted.keys()
    listed = {part.name: part for part in kind.parts(found.id)}
    comparison = _Comparison(kind, found, previous, resource_changes=changed)
    steps = [comparison.step(part, listed.get(part["name"])) for part in desired["parts"]]
    names = {part["name"] for part in desired["parts"]}
    return Plan(
        resource="update" if changed else "keep",
        tagsToSet={key: value for key, value in wanted.items() if tags.get(key) != value},
        tagsToRemove=sorted(dropped & tags.keys()),
        parts=[step for step in steps if step is not None],
        knownPartIds=[part.id for part in listed.values()],
        stalePartIds=[listed[name].id for name in listed.keys() - names],
    )


class _Comparison:
    """Compares the parts of one resource with what is stated of them."""

    def __init__(
        self, kind: Kind, of: Found, previous: Statement | None, *, resource_changes: bool
    ) -> None:
        self._kind, self._of = kind, of
        self._settled = None if resource_changes else of
        self._before = {part["name"]: part for part in previous["parts"]} if previous else {}

    def step(self, desired: PartStatement, listed: Found | None) -> PartStep | None:
        current = self._kind.part(self._of.id, listed.id) if listed else None
        if current is None or current.status == DELETING:
            return PartStep(name=desired["name"], do="create", partId=None)
        before = self._before.get(desired["name"])
        if (
            current.status not in BROKEN
            and (before["revision"] if before else None) == desired["revision"]
            and not self._kind.part_differs(desired, current, self._settled, before)
        ):
            return None
        return PartStep(name=desired["name"], do="update", partId=current.id)
