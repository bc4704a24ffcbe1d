"""Gateways, and targets as their parts."""

from provisioner.calls import Calls
from provisioner.difference import differs
from provisioner.document import JsonObject, PartStatement, Statement
from provisioner.documents import Documents
from provisioner.kinds.agentcore import AgentCoreResources
from provisioner.ports import Found


class Gateways(AgentCoreResources):
    """`provisioner.ports.Kind` for gateways."""

    noun, part_noun = "Gateway", "Target"

    def __init__(self, agentcore: Calls, documents: Documents) -> None:
        """Take AgentCore's calls, and where the documents of targets are."""
        super().__init__(agentcore)
        self._documents = documents

    def find(self, name: str) -> Found | None:
        """Look through the list: there is no way to ask by name."""
        for gateway in self._agentcore.all("list_gateways", "items"):
            if gateway["name"] == name:
                return self.get(gateway["gatewayId"])
        return None

    def get(self, resource_id: str) -> Found | None:
        """Return a gateway, or None."""
        found = self._agentcore.found("get_gateway", gatewayIdentifier=resource_id)
        if found is None:
            return None
        return Found(
            id=found["gatewayId"],
            arn=found["gatewayArn"],
            name=found["name"],
            status=found["status"],
            reasons=_reasons(found),
            members=found,
        )

    def differs(self, stated: Statement, found: Found, previous: Statement | None) -> bool:
        """Compare what is stated, and was, with what the service returns."""
        before = previous["resource"] if previous else {}
        return differs(stated["resource"], found.members, before)

    def create(self, stated: Statement, tags: dict[str, str], token: str) -> str:
        """Create a gateway."""
        parameters = stated["resource"] | {"tags": tags, "clientToken": token}
        return str(self._agentcore("create_gateway", **parameters)["gatewayId"])

    def update(self, resource_id: str, stated: Statement, _token: str) -> None:
        """Replace all of a gateway's configuration; there is no client token."""
        self._agentcore("update_gateway", gatewayIdentifier=resource_id, **stated["resource"])

    def delete(self, resource_id: str) -> None:
        """Begin to delete a gateway; one that is gone is fine."""
        self._agentcore.found("delete_gateway", gatewayIdentifier=resource_id)

    def parts(self, resource_id: str) -> list[Found]:
        """Return a gateway's targets."""
        listed = self._agentcore.all_of(
            "list_gateway_targets", "items", gatewayIdentifier=resource_id
        )
        return [_target(item) for item in listed]

    def part(self, resource_id: str, part_id: str) -> Found | None:
        """Return a target, or None."""
        found = self._agentcore.found(
            "get_gateway_target", gatewayIdentifier=resource_id, targetId=part_id
        )
        return _target(found) if found else None

    def part_differs(
        self,
        stated: PartStatement,
        found: Found,
        _of: Found | None,
        previous: PartStatement | None,
    ) -> bool:
        """Compare as for a gateway; a document by its place."""
        gateway_id = found.members["gatewayArn"].rpartition("/")[2]
        wanted = self._documents.placed(gateway_id, stated["parameters"])
        before = self._documents.placed(gateway_id, previous["parameters"]) if previous else None
        return differs(wanted, found.members, before)

    def create_part(self, resource_id: str, parameters: JsonObject, token: str) -> str:
        """Create a target, its document first."""
        whole = self._documents.keep(resource_id, parameters) | {"clientToken": token}
        made = self._agentcore("create_gateway_target", gatewayIdentifier=resource_id, **whole)
        return str(made["targetId"])

    def update_part(
        self, resource_id: str, part_id: str, parameters: JsonObject, _token: str
    ) -> None:
        """Replace all of a target's configuration; there is no client token."""
        whole = self._documents.keep(resource_id, parameters)
        self._agentcore(
            "update_gateway_target", gatewayIdentifier=resource_id, targetId=part_id, **whole
        )

    def delete_part(self, resource_id: str, part_id: str) -> None:
        """Begin to delete a target; one that is gone is fine."""
        self._agentcore.found(
            "delete_gateway_target", gatewayIdentifier=resource_id, targetId=part_id
        )

    def settle(self, found: Found, stated: Statement) -> None:
        """Have no documents but those of the targets."""
        self._documents.forget(found.id, but=[part["parameters"] for part in stated["parts"]])

    def sweep(self, _name: str, resource_id: str | None) -> None:
        """Remove the documents."""
        if resource_id is not None:
            self._documents.forget(resource_id)

    def attributes(self, found: Found, parts: list[Found]) -> dict[str, str]:
        """Return id, ARN, URL (optional in the model) and the targets' ids."""
        return {
            "GatewayId": found.id,
            "GatewayArn": found.arn,
            "GatewayUrl": found.members.get("gatewayUrl", ""),
            "TargetIds": ",".join(part.id for part in parts),
        }


def _target(found: JsonObject) -> Found:
    return Found(
        id=found["targetId"],
        name=found["name"],
        status=found["status"],
        reasons=_reasons(found),
        members=found,
    )


def _reasons(found: JsonObject) -> str:
    return " ".join(found.get("statusReasons") or [])
