"""The tenants of a root stack: CloudFormation's stacks are the register, there is no other."""

from dataclasses import dataclass, field

from tenants.errors import Busy, LeftBehind, NoSuchTenant, NotOurs
from tenants.leftovers import Clients, leftovers
from tenants.names import stack_name
from tenants.root import BUCKET, READY, Root, read
from tenants.stacks import Change, Stack, Stacks
from tenants.statement import ROOT_TAG, TENANT_TAG, request


@dataclass(frozen=True)
class Tenant:
    """A tenant as it is deployed."""

    name: str
    stack: str
    status: str
    outputs: dict[str, str] = field(default_factory=dict)
    revision: str = ""
    """Of the root, when it was last brought up to it."""


@dataclass(frozen=True)
class Begun:
    """A change of a tenant's stack that CloudFormation is at work on."""

    tenant: str
    stack: str
    stack_id: str
    change: Change


class Registry:
    """The tenants of one root stack."""

    def __init__(self, root: str, stacks: Stacks, clients: Clients) -> None:
        """Take the root's name, and what to ask."""
        self._root, self._stacks, self._clients = root, stacks, clients

    def root(self) -> Root:
        """Return the root stack.

        Raises:
            RootUnusable: it cannot have tenants, as it is.
        """
        return read(self._stacks, self._root)

    def tenants(self) -> list[Tenant]:
        """Return all tenants, by name."""
        found = (tenant for stack in self._stacks.all() if (tenant := self._tenant(stack)))
        return sorted(found, key=lambda tenant: tenant.name)

    def tenant(self, name: str) -> Tenant:
        """Return a tenant.

        Raises:
            NoSuchTenant: there is none.
        """
        found = self._find(name)
        if found is None:
            raise NoSuchTenant(f"{self._root} has no tenant {name}")
        return found

    def add(self, root: Root, name: str) -> Begun | None:
        """Begin to make a tenant, or to bring it up to its root; None where it is.

        Raises:
            BadName: no tenant can be called so.
            Busy: its stack is being changed, or was left half way.
            NotOurs: another stack has its name.
        """
        stack = stack_name(self._root, name)
        asked = request(root, name, stack)
        found = self._find(name)
        if found is None:
            return Begun(name, stack, self._stacks.create(asked), "create")
        if found.status not in READY:
            hint = "wait for it" if found.status.endswith("_IN_PROGRESS") else "remove it first"
            raise Busy(f"stack {stack} is {found.status}: {hint}")
        stack_id = self._stacks.update(asked)
        return Begun(name, stack, stack_id, "update") if stack_id else None

    def remove(self, name: str) -> Begun | None:
        """Begin to remove a tenant; None where there is no such stack.

        Raises:
            BadName: no tenant can be called so.
            NotOurs: another stack has its name.
        """
        stack = stack_name(self._root, name)
        if self._find(name) is None:
            return None
        found = self._stacks.find(stack)
        stack_id = str(found["StackId"]) if found else stack
        self._stacks.delete(stack_id)
        return Begun(name, stack, stack_id, "delete")

    def finish(self, begun: Begun) -> None:
        """Wait until a change is done.

        Raises:
            Failed: it was not.
        """
        self._stacks.wait(begun.change, begun.stack_id)

    def check_gone(self, name: str) -> None:
        """See that nothing of a tenant's is left.

        Raises:
            LeftBehind: something is.
        """
        root = self._stacks.find(self._root)
        bucket = _outputs(root).get(BUCKET) if root else None
        found = leftovers(self._clients, stack_name(self._root, name), bucket)
        if found:
            raise LeftBehind("\n  ".join(["the stack is gone, but not", *found]))

    def is_behind(self, root: Root, tenant: Tenant) -> bool:
        """Tell whether the root has been deployed with another platform, or other parameters."""
        return tenant.revision != root.revision

    def _find(self, name: str) -> Tenant | None:
        stack = self._stacks.find(stack_name(self._root, name))
        if stack is None:
            return None
        tenant = self._tenant(stack)
        if tenant is None:
            raise NotOurs(f"stack {stack['StackName']} is no tenant's of {self._root}")
        return tenant

    def _tenant(self, stack: Stack) -> Tenant | None:
        tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
        # The stack within a tenant's has the tags too, and another name.
        name = f"{self._root}-tenant-{tags.get(TENANT_TAG)}"
        if tags.get(ROOT_TAG) != self._root or stack["StackName"] != name:
            return None
        return Tenant(
            name=tags[TENANT_TAG],
            stack=stack["StackName"],
            status=stack["StackStatus"],
            outputs=_outputs(stack),
            revision=_outputs(stack).get("RootRevision", ""),
        )


def _outputs(stack: Stack) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
