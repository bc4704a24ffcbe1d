"""Memories. Their strategies are no parts: they come and go with an update of the memory."""

from provisioner.difference import differs
from provisioner.document import JsonObject, Statement
from provisioner.errors import Refused
from provisioner.kinds.agentcore import WithoutParts
from provisioner.ports import Found
from provisioner.statuses import DELETING

STRATEGIES = "memoryStrategies"
KEPT_BY_AN_UPDATE = frozenset({"name", "encryptionKeyArn", "indexedKeys", STRATEGIES})
"""Members of CreateMemory that UpdateMemory does not take, or takes in another form."""
CHANGEABLE = ("description", "namespaces", "namespaceTemplates")
"""Members of a strategy that can be changed in place."""


class Memories(WithoutParts):
    """`provisioner.ports.Kind` for memories."""

    noun = "Memory"
    useless = frozenset({DELETING})
    """One that failed may hold conversations: it is updated, never removed for it."""

    def find(self, name: str) -> Found | None:
        """Look through the list, which has ids only: a memory's is its name and ten characters."""
        for memory in self._agentcore.all("list_memories", "memories"):
            if memory["id"].rpartition("-")[0] == name:
                return self.get(memory["id"])
        return None

    def get(self, resource_id: str) -> Found | None:
        """Return a memory, or None."""
        reply = self._agentcore.found("get_memory", memoryId=resource_id)
        return _memory(reply["memory"]) if reply else None

    def differs(self, stated: Statement, found: Found, previous: Statement | None) -> bool:
        """Compare what can be updated; and the strategies by their names.

        What is no longer stated stays: no update takes a description away.

        Raises:
            Refused: something has changed that no update of a memory changes.
        """
        before = previous["resource"] if previous else {}
        _refuse_what_stays(stated["resource"], before)
        return (
            differs(_plain(stated["resource"]), found.members)
            or _strategy_changes(stated, found) != {}
        )

    def create(self, stated: Statement, tags: dict[str, str], token: str) -> str:
        """Create a memory."""
        parameters = stated["resource"] | {"tags": tags, "clientToken": token}
        return str(self._agentcore("create_memory", **parameters)["memory"]["id"])

    def update(self, resource_id: str, stated: Statement, token: str) -> None:
        """Change a memory and its strategies.

        Raises:
            Refused: it is gone; or what is stated cannot be had without another strategy.
        """
        found = self.get(resource_id)
        if found is None:
            raise Refused(f"Memory {resource_id} is gone")
        changes = _strategy_changes(stated, found)
        self._agentcore(
            "update_memory",
            memoryId=resource_id,
            clientToken=token,
            **_plain(stated["resource"]),
            **({STRATEGIES: changes} if changes else {}),
        )

    def delete(self, resource_id: str) -> None:
        """Begin to delete a memory; one that is gone is fine."""
        self._agentcore.found("delete_memory", memoryId=resource_id)

    def attributes(self, found: Found, _parts: list[Found]) -> dict[str, str]:
        """Return id and ARN."""
        return {"MemoryId": found.id, "MemoryArn": found.arn}


def _memory(found: JsonObject) -> Found:
    return Found(
        id=found["id"],
        arn=found["arn"],
        name=found["name"],
        status=found["status"],
        reasons=found.get("failureReason", ""),
        members=found,
    )


def _plain(parameters: JsonObject) -> JsonObject:
    return {name: value for name, value in parameters.items() if name not in KEPT_BY_AN_UPDATE}


def _refuse_what_stays(stated: JsonObject, before: JsonObject) -> None:
    """Say no to what the service would pass over in silence."""
    for name in ("encryptionKeyArn", "indexedKeys"):
        if before and stated.get(name) != before.get(name):
            raise Refused(f"{name} of a memory cannot change: state another name")
    earlier = {_only(one)["name"]: one for one in before.get(STRATEGIES, [])}
    for one in stated.get(STRATEGIES, []):
        name = _only(one)["name"]
        if name in earlier and _fixed(one) != _fixed(earlier[name]):
            raise Refused(f"Of strategy {name} only {', '.join(CHANGEABLE)} can change")


def _fixed(union: JsonObject) -> JsonObject:
    ((kind, strategy),) = union.items()
    return {kind: {key: value for key, value in strategy.items() if key not in CHANGEABLE}}


def _strategy_changes(stated: Statement, found: Found) -> JsonObject:
    """Return `memoryStrategies` of UpdateMemory; empty where nothing changes."""
    wanted = {_only(one)["name"]: one for one in stated["resource"].get(STRATEGIES, [])}
    there = {one["name"]: one for one in found.members.get("strategies", [])}
    changes = {
        "addMemoryStrategies": [wanted[name] for name in wanted if name not in there],
        "modifyMemoryStrategies": [
            change for name in wanted if name in there if (change := _change(wanted, there, name))
        ],
        "deleteMemoryStrategies": [
            {"memoryStrategyId": one["strategyId"]}
            for name, one in there.items()
            if name not in wanted
        ],
    }
    return {name: items for name, items in changes.items() if items}


def _change(wanted: JsonObject, there: JsonObject, name: str) -> JsonObject:
    mine, theirs = _only(wanted[name]), there[name]
    changed = {key: mine[key] for key in CHANGEABLE if key in mine}
    if not differs(changed, theirs):
        return {}
    return {"memoryStrategyId": theirs["strategyId"]} | changed


def _only(union: JsonObject) -> JsonObject:
    """Return the one member there is: which kind of strategy it is."""
    (strategy,) = union.values()
    return dict(strategy)
