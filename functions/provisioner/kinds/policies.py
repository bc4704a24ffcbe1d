"""Policy engines, and the policies of one as a resource beside it.

Policies are provisioned apart from their engine, after the gateway that names the engine: see
`agentcore_resources.policies`. The set of an engine's policies is nothing that AgentCore knows. It
is there once its owner's tags are on the engine, under a prefix of their own.
"""

from dataclasses import replace
from typing import Final

from provisioner.difference import differs
from provisioner.document import JsonObject, PartStatement, Statement
from provisioner.errors import Refused
from provisioner.kinds.agentcore import AgentCoreResources, WithoutParts
from provisioner.ports import Found

MARK: Final = "policies:"
"""Begins the keys of an engine's tags that are about its policies."""

UNCHANGING: Final = frozenset({"name", "validationMode"})
"""Members of CreatePolicy that make no difference later: an immutable one, and one for the call."""


class PolicyEngines(WithoutParts):
    """`provisioner.ports.Kind` for policy engines."""

    noun = "Policy engine"

    def find(self, name: str) -> Found | None:
        """Look through the list: there is no way to ask by name."""
        for engine in self._agentcore.all("list_policy_engines", "policyEngines"):
            if engine["name"] == name:
                return self.get(engine["policyEngineId"])
        return None

    def get(self, resource_id: str) -> Found | None:
        """Return an engine, or None."""
        found = self._agentcore.found("get_policy_engine", policyEngineId=resource_id)
        return _found(found, "policyEngine") if found else None

    def differs(self, stated: Statement, found: Found, previous: Statement | None) -> bool:
        """Compare what is stated, and was, with what the service returns.

        Raises:
            Refused: the key has changed, and no update changes one.
        """
        before = previous["resource"] if previous else {}
        key = "encryptionKeyArn"
        if stated["resource"].get(key) != found.members.get(key):
            raise Refused(f"{key} of a policy engine cannot change: state another name")
        return differs(stated["resource"], found.members, before)

    def create(self, stated: Statement, tags: dict[str, str], token: str) -> str:
        """Create an engine."""
        parameters = stated["resource"] | {"tags": tags, "clientToken": token}
        return str(self._agentcore("create_policy_engine", **parameters)["policyEngineId"])

    def update(self, resource_id: str, stated: Statement, _token: str) -> None:
        """Change an engine's description, which is all that can change."""
        described = _described(stated["resource"])
        self._agentcore("update_policy_engine", policyEngineId=resource_id, **described)

    def delete(self, resource_id: str) -> None:
        """Begin to delete an engine; one that is gone is fine."""
        self._agentcore.found("delete_policy_engine", policyEngineId=resource_id)

    def attributes(self, found: Found, _parts: list[Found]) -> dict[str, str]:
        """Return id and ARN."""
        return {"PolicyEngineId": found.id, "PolicyEngineArn": found.arn}


class PolicySets(AgentCoreResources):
    """`provisioner.ports.Kind` for the policies of an engine, which are its parts.

    The set has its engine's id for name and id, and its engine's status.
    """

    noun, part_noun = "Set of policies", "Policy"
    useless: frozenset[str] = frozenset()
    """None: nothing is made anew for what an engine's status is."""

    def find(self, name: str) -> Found | None:
        """Return the set of an engine, if it has been made."""
        return self.get(name)

    def get(self, resource_id: str) -> Found | None:
        """Return the set, or None where the engine is gone or has no owner of its policies."""
        found = self._agentcore.found("get_policy_engine", policyEngineId=resource_id)
        if found is None:
            return None
        engine = _found(found, "policyEngine")
        return replace(engine, name=engine.id) if self.tags(engine.arn) else None

    def differs(self, _stated: Statement, _found: Found, _previous: Statement | None) -> bool:
        """Return False: there is nothing to a set but its policies."""
        return False

    def create(self, stated: Statement, tags: dict[str, str], _token: str) -> str:
        """Mark the engine as one whose policies are stated.

        Raises:
            Refused: there is no such engine.
        """
        engine_id = str(stated["resource"]["policyEngineId"])
        engine = self._agentcore("get_policy_engine", policyEngineId=engine_id)
        self.tag(engine["policyEngineArn"], tags)
        return engine_id

    def update(self, resource_id: str, stated: Statement, token: str) -> None:
        """Do nothing, as above."""

    def delete(self, resource_id: str) -> None:
        """Take the marks off the engine, which stays."""
        found = self.get(resource_id)
        if found is not None:
            self.untag(found.arn, list(self.tags(found.arn)))

    def tags(self, arn: str) -> dict[str, str]:
        """Return the tags of an engine that are about its policies."""
        marked = super().tags(arn).items()
        return {key.removeprefix(MARK): value for key, value in marked if key.startswith(MARK)}

    def tag(self, arn: str, tags: dict[str, str]) -> None:
        """Set some of them."""
        super().tag(arn, {f"{MARK}{key}": value for key, value in tags.items()})

    def untag(self, arn: str, keys: list[str]) -> None:
        """Remove some of them."""
        super().untag(arn, [f"{MARK}{key}" for key in keys])

    def parts(self, resource_id: str) -> list[Found]:
        """Return an engine's policies."""
        listed = self._agentcore.all_of("list_policies", "policies", policyEngineId=resource_id)
        return [_found(item, "policy") for item in listed]

    def part(self, resource_id: str, part_id: str) -> Found | None:
        """Return a policy, or None."""
        found = self._agentcore.found("get_policy", policyEngineId=resource_id, policyId=part_id)
        return _found(found, "policy") if found else None

    def part_differs(
        self,
        stated: PartStatement,
        found: Found,
        _of: Found | None,
        previous: PartStatement | None,
    ) -> bool:
        """Compare as for an engine; a policy that states no mode is ACTIVE."""
        before = _comparable(previous["parameters"]) if previous else {}
        return differs(_comparable(stated["parameters"]), found.members, before)

    def create_part(self, resource_id: str, parameters: JsonObject, token: str) -> str:
        """Create a policy."""
        whole = parameters | {"clientToken": token}
        made = self._agentcore("create_policy", policyEngineId=resource_id, **whole)
        return str(made["policyId"])

    def update_part(
        self, resource_id: str, part_id: str, parameters: JsonObject, _token: str
    ) -> None:
        """Make a policy what is stated; its name stays."""
        whole = _comparable(parameters) | _described(parameters)
        if "validationMode" in parameters:
            whole["validationMode"] = parameters["validationMode"]
        self._agentcore("update_policy", policyEngineId=resource_id, policyId=part_id, **whole)

    def delete_part(self, resource_id: str, part_id: str) -> None:
        """Begin to delete a policy; one that is gone is fine."""
        self._agentcore.found("delete_policy", policyEngineId=resource_id, policyId=part_id)

    def attributes(self, found: Found, parts: list[Found]) -> dict[str, str]:
        """Return the engine's id and the policies' ids."""
        return {"PolicyEngineId": found.id, "PolicyIds": ",".join(part.id for part in parts)}


def _found(members: JsonObject, kind: str) -> Found:
    return Found(
        id=members[f"{kind}Id"],
        arn=members[f"{kind}Arn"],
        name=members["name"],
        status=members["status"],
        reasons=" ".join(members.get("statusReasons") or []),
        members=members,
    )


def _comparable(parameters: JsonObject) -> JsonObject:
    stated = {name: value for name, value in parameters.items() if name not in UNCHANGING}
    return {"enforcementMode": "ACTIVE"} | stated


def _described(parameters: JsonObject) -> JsonObject:
    """Return a description as updates have it; without a value it is taken away."""
    value = parameters.get("description")
    return {"description": {} if value is None else {"optionalValue": value}}
