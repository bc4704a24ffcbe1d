"""CloudFormation, as far as tenants take it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal

from botocore.exceptions import ClientError, WaiterError

from tenants.errors import Failed

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient

type Stack = Mapping[str, Any]
type Change = Literal["create", "update", "delete"]

NOTHING_TO_DO: Final = "No updates are to be performed"
CREATE_MINUTES: Final = 40
"""After so many CloudFormation gives up a create, and takes away what it has made."""

PATIENCE_S: Final = 60 * (CREATE_MINUTES + 20)
"""How long a change is waited for: a create with what follows when it fails."""

FOLLOW_UPS: Final = ("Resource creation cancelled", "Resource update cancelled")
"""Of what was stopped because something else had failed."""


class Stacks:
    """Stacks by name."""

    def __init__(self, cloudformation: "CloudFormationClient", *, poll_s: int = 5) -> None:
        """Take a client, and in which distance to ask whether something is done."""
        self._client, self._poll_s = cloudformation, poll_s

    def find(self, name: str) -> Stack | None:
        """Return a stack by its name or id, or None."""
        try:
            return self._client.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if _is_missing(error):
                return None
            raise

    def all(self) -> Iterator[Stack]:
        """Return every stack of the account and region, nested ones too."""
        for page in self._client.get_paginator("describe_stacks").paginate():
            yield from page["Stacks"]

    def template(self, name: str) -> Any:  # noqa: ANN401 - a text, or what boto3 made of it
        """Return a stack's template with its transforms carried out."""
        return self._client.get_template(StackName=name, TemplateStage="Processed")["TemplateBody"]

    def nested(self, name: str, logical_id: str) -> Stack | None:
        """Return a stack within a stack."""
        resources = self._client.describe_stack_resources(
            StackName=name, LogicalResourceId=logical_id
        )["StackResources"]
        return self.find(resources[0]["PhysicalResourceId"]) if resources else None

    def create(self, request: Mapping[str, Any]) -> str:
        """Begin to make a stack that leaves nothing if it fails; return its id.

        Raises:
            Failed: CloudFormation refuses.
        """
        with _refusals("create", request["StackName"]):
            made = self._client.create_stack(
                **request, OnFailure="DELETE", TimeoutInMinutes=CREATE_MINUTES
            )
            return made["StackId"]

    def update(self, request: Mapping[str, Any]) -> str | None:
        """Begin to update a stack; return its id, or None where there is nothing to do.

        Raises:
            Failed: CloudFormation refuses.
        """
        with _refusals("update", request["StackName"]):
            try:
                return self._client.update_stack(**request)["StackId"]
            except ClientError as error:
                if NOTHING_TO_DO in error.response["Error"]["Message"]:
                    return None
                raise

    def delete(self, stack_id: str) -> None:
        """Begin to delete a stack.

        Raises:
            Failed: CloudFormation refuses.
        """
        with _refusals("delete", _name(stack_id)):
            self._client.delete_stack(StackName=stack_id)

    def wait(self, change: Change, stack_id: str) -> None:
        """Wait until a change is done.

        Raises:
            Failed: it was not, or not in time, with CloudFormation's reasons.
        """
        config = {"Delay": self._poll_s, "MaxAttempts": PATIENCE_S // self._poll_s}
        names = {"create": "stack_create_complete", "update": "stack_update_complete"}
        waiter: Any = self._client.get_waiter(names.get(change, "stack_delete_complete"))  # type: ignore[call-overload]
        try:
            waiter.wait(StackName=stack_id, WaiterConfig=config)
        except WaiterError as error:
            found = self.find(stack_id)
            status = found["StackStatus"] if found else "gone"
            reasons = dict.fromkeys(reversed(list(self._reasons(stack_id, change))))
            raise Failed(f"{change} of {_name(stack_id)}: {status}", reasons) from error

    def _reasons(self, stack_id: str, change: Change) -> Iterator[str]:
        """Return what failed since a change began, in a stack and those within, newest first."""
        for event in self._events(stack_id):
            is_itself = event.get("PhysicalResourceId") in {stack_id, event["StackName"]}
            if is_itself and event["ResourceStatus"] == f"{change.upper()}_IN_PROGRESS":
                return
            if not event["ResourceStatus"].endswith("_FAILED"):
                continue
            if event["ResourceType"] == "AWS::CloudFormation::Stack" and not is_itself:
                yield from self._reasons(event.get("PhysicalResourceId") or "-", change)
            said = event.get("ResourceStatusReason", "")
            if said and not said.startswith(FOLLOW_UPS):
                yield f"{event['LogicalResourceId']}: {said}"

    def _events(self, stack_id: str) -> Iterator[Mapping[str, Any]]:
        try:
            pages = self._client.get_paginator("describe_stack_events")
            for page in pages.paginate(StackName=stack_id):
                yield from page["StackEvents"]
        except ClientError as error:
            if not _is_missing(error):
                raise


def _is_missing(error: ClientError) -> bool:
    return "does not exist" in error.response["Error"]["Message"]


def _name(stack_id: str) -> str:
    return stack_id.rpartition(":stack/")[2].partition("/")[0]


@contextmanager
def _refusals(change: Change, name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise Failed(f"{change} of {name}: {error}") from error
