"""Create or update the resource itself."""

from provisioner.document import State, Task
from provisioner.errors import Busy
from provisioner.ownership import client_token, find_ours, owner_tags
from provisioner.ports import Kind


def run(kind: Kind, task: Task) -> State:
    """Do what the plan says of the resource and its tags; its wait begins now.

    Raises:
        RoleNotReady, Busy, Throttled, Denied: a later try may do.
        Refused: AgentCore does not take what is stated.
    """
    applied = _create(kind, task) if _is_new(task) else _update(kind, task)
    return task.state | {"resourceId": applied, "deadline": task.deadline()}


def _is_new(task: Task) -> bool:
    return task.state["plan"]["resource"] == "create"


def _create(kind: Kind, task: Task) -> str:
    request = task.request
    tags = task.desired["tags"] | owner_tags(request["owner"])
    try:
        return kind.create(task.desired, tags, client_token(request, _subject(task)))
    except Busy:
        # There was none when this run began: one of ours is an earlier try's, whose reply was lost.
        ours = find_ours(kind, request)
        if ours is None:
            raise
        return ours.id


def _subject(task: Task) -> str:
    return f"{task.request['kind']}/{task.state['attempt']}"


def _update(kind: Kind, task: Task) -> str:
    plan, resource_id = task.state["plan"], str(task.state["resourceId"])
    if plan["resource"] == "update":
        kind.update(resource_id, task.desired, client_token(task.request, _subject(task)))
    if plan["tagsToSet"] or plan["tagsToRemove"]:
        _retag(kind, task, resource_id)
    return resource_id


def _retag(kind: Kind, task: Task, resource_id: str) -> None:
    found = kind.get(resource_id)
    if found is None:
        return  # the check that follows says so
    plan = task.state["plan"]
    if plan["tagsToSet"]:
        kind.tag(found.arn, plan["tagsToSet"])
    if plan["tagsToRemove"]:
        kind.untag(found.arn, plan["tagsToRemove"])
