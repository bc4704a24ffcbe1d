"""What all kinds of AgentCore resources have in common."""

from provisioner.calls import Calls
from provisioner.document import JsonObject, PartStatement, Statement
from provisioner.errors import Refused
from provisioner.ports import Found
from provisioner.statuses import DELETING, FAILED_TO_BEGIN


class AgentCoreResources:
    """Half of `provisioner.ports.Kind`: tags, and what a kind without parts does about parts."""

    noun: str
    part_noun = "Part"
    useless = FAILED_TO_BEGIN | {DELETING}

    def __init__(self, agentcore: Calls) -> None:
        """Take the calls of `bedrock-agentcore-control`."""
        self._agentcore = agentcore

    def tags(self, arn: str) -> dict[str, str]:
        """Return a resource's tags."""
        found = self._agentcore.found("list_tags_for_resource", resourceArn=arn) or {}
        return dict(found.get("tags", {}))

    def tag(self, arn: str, tags: dict[str, str]) -> None:
        """Set some tags."""
        self._agentcore("tag_resource", resourceArn=arn, tags=tags)

    def untag(self, arn: str, keys: list[str]) -> None:
        """Remove some tags."""
        self._agentcore("untag_resource", resourceArn=arn, tagKeys=keys)

    def settle(self, found: Found, stated: Statement) -> None:
        """Leave everything as it is."""

    def sweep(self, name: str, resource_id: str | None) -> None:
        """Find nothing left behind."""


class WithoutParts(AgentCoreResources):
    """A kind whose resources have no parts: nothing can be stated of them, none are there."""

    def parts(self, _resource_id: str) -> list[Found]:
        """Return none."""
        return []

    def part(self, _resource_id: str, _part_id: str) -> Found | None:
        """Return None."""
        return None

    def part_differs(
        self,
        _stated: PartStatement,
        _found: Found,
        _of: Found | None,
        _previous: PartStatement | None,
    ) -> bool:
        """Return False."""
        return False

    def create_part(self, _resource_id: str, _parameters: JsonObject, _token: str) -> str:
        """Refuse."""
        raise self._refusal()

    def update_part(
        self, _resource_id: str, _part_id: str, _parameters: JsonObject, _token: str
    ) -> None:
        """Refuse."""
        raise self._refusal()

    def delete_part(self, _resource_id: str, _part_id: str) -> None:
        """Refuse."""
        raise self._refusal()

    def _refusal(self) -> Refused:
        return Refused(f"{self.noun}: a resource of this kind has no parts")
