"""A kind of resource in memory: what is created is READY, what is deleted is gone."""

from dataclasses import replace
from typing import Any

from provisioner.difference import differs
from provisioner.document import PartStatement, Statement
from provisioner.ports import Found

type Json = dict[str, Any]


class FakeKind:
    """`provisioner.ports.Kind` over dictionaries. `calls` are those that change something."""

    noun, part_noun = "Gateway", "Target"
    useless = frozenset({"DELETING", "FAILED"})

    def __init__(self) -> None:
        self.resources: dict[str, Found] = {}
        self.listed: dict[str, Found] = {}
        self.labels: dict[str, dict[str, str]] = {}
        self.calls: list[tuple[str, ...]] = []
        self.settled: list[str] = []
        self.swept: list[tuple[str, str | None]] = []

    def find(self, name: str) -> Found | None:
        """Return the resource of a name."""
        return next((one for one in self.resources.values() if one.name == name), None)

    def get(self, resource_id: str) -> Found | None:
        """Return a resource."""
        return self.resources.get(resource_id)

    def differs(self, stated: Statement, found: Found, previous: Statement | None) -> bool:
        """Compare members."""
        return differs(stated["resource"], found.members, previous and previous["resource"])

    def create(self, stated: Statement, tags: dict[str, str], token: str) -> str:
        """Create a resource."""
        name = stated["resource"]["name"]
        made = Found(
            id=f"{name}-{len(self.calls):010}",
            arn=f"arn:{name}-{len(self.calls):010}",
            name=name,
            status="READY",
            members=stated["resource"],
        )
        self.resources[made.id] = made
        self.labels[made.arn] = dict(tags)
        self.calls.append(("create", name, token))
        return made.id

    def update(self, resource_id: str, stated: Statement, token: str) -> None:
        """Replace a resource's configuration."""
        found = self.resources[resource_id]
        self.resources[resource_id] = replace(found, members=stated["resource"])
        self.calls.append(("update", resource_id))

    def delete(self, resource_id: str) -> None:
        """Delete a resource."""
        self.resources.pop(resource_id, None)
        self.calls.append(("delete", resource_id))

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

    def parts(self, resource_id: str) -> list[Found]:
        """Return all parts there are."""
        return list(self.listed.values())

    def part(self, resource_id: str, part_id: str) -> Found | None:
        """Return a part."""
        return self.listed.get(part_id)

    def part_differs(
        self,
        stated: PartStatement,
        found: Found,
        of: Found | None,
        previous: PartStatement | None,
    ) -> bool:
        """Compare members."""
        return differs(stated["parameters"], found.members, previous and previous["parameters"])

    def create_part(self, resource_id: str, parameters: Json, token: str) -> str:
        """Create a part whose id is its name."""
        name = parameters["name"]
        self.listed[name] = Found(id=name, name=name, status="READY", members=parameters)
        self.calls.append(("create_part", name, token))
        return str(name)

    def update_part(self, resource_id: str, part_id: str, parameters: Json, token: str) -> None:
        """Replace a part's configuration."""
        self.listed[part_id] = replace(self.listed[part_id], members=parameters)
        self.calls.append(("update_part", part_id))

    def delete_part(self, resource_id: str, part_id: str) -> None:
        """Begin to delete a part: it stays listed."""
        self.listed[part_id] = replace(self.listed[part_id], status="DELETING")
        self.calls.append(("delete_part", part_id))

    def settle(self, found: Found, stated: Statement) -> None:
        """Note for what."""
        self.settled.append(found.id)

    def sweep(self, name: str, resource_id: str | None) -> None:
        """Note after what."""
        self.swept.append((name, resource_id))

    def attributes(self, found: Found, parts: list[Found]) -> dict[str, str]:
        """Return the id and the parts' names."""
        return {"Id": found.id, "Parts": ",".join(part.name for part in parts)}
