"""What the steps need of a kind of resource, and what they know of one."""

from dataclasses import dataclass
from typing import Protocol

from provisioner.document import JsonObject, PartStatement, Statement


@dataclass(frozen=True)
class Found:
    """A resource or a part as it is. `reasons` is why it failed, where the service says so.

    `members` are those of the reply, as botocore spells them.
    """

    id: str
    name: str
    status: str
    members: JsonObject
    arn: str = ""
    reasons: str = ""


class Kind(Protocol):
    """One kind of resource and of its parts, in the account.

    Every method may raise the errors of `provisioner.errors` up to `Refused`. What is not there
    is None or, where something is to disappear, nothing to complain about.
    """

    @property
    def noun(self) -> str:
        """What people call a resource of this kind, such as `Gateway`."""
        ...

    @property
    def part_noun(self) -> str:
        """What people call a part, such as `Target`."""
        ...

    @property
    def useless(self) -> frozenset[str]:
        """The statuses in which a resource is removed and made anew rather than updated."""
        ...

    def find(self, name: str) -> Found | None:
        """Return the resource of a name."""
        ...

    def get(self, resource_id: str) -> Found | None:
        """Return a resource."""
        ...

    def differs(self, stated: Statement, found: Found, previous: Statement | None) -> bool:
        """Tell whether a resource needs an update to be as stated; its parts do not count."""
        ...

    def create(self, stated: Statement, tags: dict[str, str], token: str) -> str:
        """Create a resource, without its parts, and return its id."""
        ...

    def update(self, resource_id: str, stated: Statement, token: str) -> None:
        """Make a resource what is stated; its parts stay."""
        ...

    def delete(self, resource_id: str) -> None:
        """Begin to delete a resource that has no parts left."""
        ...

    def tags(self, arn: str) -> dict[str, str]:
        """Return a resource's tags; those of something that is gone are empty."""
        ...

    def tag(self, arn: str, tags: dict[str, str]) -> None:
        """Set some tags."""
        ...

    def untag(self, arn: str, keys: list[str]) -> None:
        """Remove some tags."""
        ...

    def parts(self, resource_id: str) -> list[Found]:
        """Return a resource's parts in brief; none if it is gone."""
        ...

    def part(self, resource_id: str, part_id: str) -> Found | None:
        """Return a part."""
        ...

    def part_differs(
        self,
        stated: PartStatement,
        found: Found,
        of: Found | None,
        previous: PartStatement | None,
    ) -> bool:
        """Tell whether a part needs an update to be as stated.

        `of` is what it is a part of, or None where that is about to change.
        """
        ...

    def create_part(self, resource_id: str, parameters: JsonObject, token: str) -> str:
        """Create a part and return its id."""
        ...

    def update_part(
        self, resource_id: str, part_id: str, parameters: JsonObject, token: str
    ) -> None:
        """Make a part what is stated."""
        ...

    def delete_part(self, resource_id: str, part_id: str) -> None:
        """Begin to delete a part."""
        ...

    def settle(self, found: Found, stated: Statement) -> None:
        """Put what is around a finished resource in order; safe to repeat."""
        ...

    def sweep(self, name: str, resource_id: str | None) -> None:
        """Remove what a resource has left behind; safe to repeat.

        `resource_id` is None where the resource was never made.
        """
        ...

    def attributes(self, found: Found, parts: list[Found]) -> dict[str, str]:
        """Return the attributes for `Fn::GetAtt`: strings, for that is what it takes everywhere.

        `parts` are in the order they are stated in.
        """
        ...
