"""What the steps need of AgentCore's control plane."""

from typing import Protocol

from provisioner.document import JsonObject


class Control(Protocol):
    """Gateways and targets, as botocore spells their members.

    Every method may raise the errors of `provisioner.errors` up to `Refused`. What is not there
    is None or, where something is to disappear, nothing to complain about.
    """

    def find_gateway(self, name: str) -> JsonObject | None:
        """Return the gateway of a name, as GetGateway does."""
        ...

    def get_gateway(self, gateway_id: str) -> JsonObject | None:
        """Return a gateway."""
        ...

    def create_gateway(self, parameters: JsonObject) -> JsonObject:
        """Create a gateway."""
        ...

    def update_gateway(self, gateway_id: str, parameters: JsonObject) -> None:
        """Replace all of a gateway's configuration."""
        ...

    def delete_gateway(self, gateway_id: str) -> None:
        """Begin to delete a gateway."""
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

    def list_targets(self, gateway_id: str) -> list[JsonObject]:
        """Return the summaries of a gateway's targets; none if it is gone."""
        ...

    def get_target(self, gateway_id: str, target_id: str) -> JsonObject | None:
        """Return a target."""
        ...

    def create_target(self, gateway_id: str, parameters: JsonObject) -> JsonObject:
        """Create a target."""
        ...

    def update_target(self, gateway_id: str, target_id: str, parameters: JsonObject) -> None:
        """Replace all of a target's configuration."""
        ...

    def delete_target(self, gateway_id: str, target_id: str) -> None:
        """Begin to delete a target."""
        ...
