"""Find what this run has made, for the removal loop to take away; and nothing else.

It looks at the world and not at what tasks returned: the task that failed may have made something.
"""

from provisioner.document import Removal, Request, State, Task
from provisioner.errors import NameTaken
from provisioner.ownership import find_ours
from provisioner.ports import Kind


def run(kind: Kind, task: Task) -> State:
    """Set `removal` to the resource this run created, or the parts it added to one there was."""
    plan, request = task.state["plan"], task.request
    made = plan["resource"] == "create"
    resource_id = _ours(kind, request)
    part_ids = None if made or resource_id is None else _made(kind, task, resource_id)
    removal = Removal(
        resourceId=resource_id,
        partIds=part_ids,
        resource=made,
        deadline=task.deadline(),
        then="fail",
        gone=False,
    )
    return task.state | {"removal": removal}


def _ours(kind: Kind, request: Request) -> str | None:
    try:
        found = find_ours(kind, request)
    except NameTaken:
        return None  # which may be why there is something to undo
    return found.id if found else None


def _made(kind: Kind, task: Task, resource_id: str) -> list[str]:
    plan = task.state["plan"]
    created = {step["name"] for step in plan["parts"] if step["do"] == "create"}
    return [
        part.id
        for part in kind.parts(resource_id)
        if part.name in created and part.id not in plan["knownPartIds"]
    ]
