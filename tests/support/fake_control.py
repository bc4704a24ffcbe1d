"""A control plane of AgentCore in memory: what is created is READY, what is deleted is gone."""

from typing import Any

type Json = dict[str, Any]


class FakeControl:
    """`provisioner.ports.Control` over dictionaries. `calls` are those that change something."""

    def __init__(self) -> None:
        self.gateways: dict[str, Json] = {}
        self.listed: dict[str, Json] = {}
        self.labels: dict[str, dict[str, str]] = {}
        self.calls: list[tuple[str, ...]] = []

    def find_gateway(self, name: str) -> Json | None:
        """Return the gateway of a name."""
        return next((g for g in self.gateways.values() if g["name"] == name), None)

    def get_gateway(self, gateway_id: str) -> Json | None:
        """Return a gateway."""
        return self.gateways.get(gateway_id)

    def create_gateway(self, parameters: Json) -> Json:
        """Create a gateway."""
        gateway_id = f"{parameters['name']}-{len(self.calls):010}"
        members = {k: v for k, v in parameters.items() if k not in {"tags", "clientToken"}}
        made = members | {
            "gatewayId": gateway_id,
            "gatewayArn": f"arn:gateway/{gateway_id}",
            "gatewayUrl": f"https://{gateway_id}/mcp",
            "status": "READY",
        }
        self.gateways[gateway_id] = made
        self.labels[made["gatewayArn"]] = dict(parameters["tags"])
        self.calls.append(("create_gateway", parameters["name"], parameters["clientToken"]))
        return made

    def update_gateway(self, gateway_id: str, parameters: Json) -> None:
        """Replace a gateway's configuration."""
        self.gateways[gateway_id] |= parameters
        self.calls.append(("update_gateway", gateway_id))

    def delete_gateway(self, gateway_id: str) -> None:
        """Delete a gateway."""
        self.gateways.pop(gateway_id, None)
        self.calls.append(("delete_gateway", gateway_id))

    def tags(self, arn: str) -> dict[str, str]:
        """Return tags."""
        return self.labels.get(arn, {})

    def tag(self, arn: str, tags: dict[str, str]) -> None:
        """Set tags."""
        self.labels[arn] |= tags
        self.calls.append(("tag", *tags))

    def untag(self, arn: str, keys: list[str]) -> None:
        """Remove tags."""
        for key in keys:
            del self.labels[arn][key]
        self.calls.append(("untag", *keys))

    def list_targets(self, gateway_id: str) -> list[Json]:
        """Return all targets there are."""
        return list(self.listed.values())

    def get_target(self, gateway_id: str, target_id: str) -> Json | None:
        """Return a target."""
        return self.listed.get(target_id)

    def create_target(self, gateway_id: str, parameters: Json) -> Json:
        """Create a target whose id is its name."""
        made = parameters | {"targetId": parameters["name"], "status": "READY"}
        self.listed[made["targetId"]] = made
        self.calls.append(("create_target", parameters["name"], parameters["clientToken"]))
        return made

    def update_target(self, gateway_id: str, target_id: str, parameters: Json) -> None:
        """Replace a target's configuration."""
        self.listed[target_id] |= parameters
        self.calls.append(("update_target", target_id))

    def delete_target(self, gateway_id: str, target_id: str) -> None:
        """Begin to delete a target: it stays listed."""
        self.listed[target_id] |= {"status": "DELETING"}
        self.calls.append(("delete_target", target_id))
