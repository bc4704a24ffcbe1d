"""Which records of a memory are meant: a namespace, or all below a path, and maybe one strategy.

Sources: botocore `ListMemoryRecordsInput`; that `namespace` is exact is what its clients say since
`namespacePath` exists (bedrock_agentcore, `_utils/namespace.py`; claim `memory.records.namespace`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from localcloud.agentcore.errors import ValidationFailed
from localcloud.agentcore.model import JsonObject

type Clause = tuple[str, tuple[str, ...]]
"""SQL, and the values of its placeholders."""


@dataclass(frozen=True)
class Scope:
    """Records of exactly `namespace`, or in and below `path`; None: wherever they are."""

    namespace: str | None = None
    path: str | None = None
    strategy_id: str | None = None

    def covers(self, namespace: str | None, strategy_id: str | None) -> bool:
        """Tell whether a record of this namespace and strategy is meant."""
        if self.strategy_id is not None and strategy_id != self.strategy_id:
            return False
        if self.namespace is not None and namespace != self.namespace:
            return False
        return self.path is None or is_below(namespace, self.path)

    def clauses(self) -> Iterator[Clause]:
        """Yield what SQL must say of the columns `namespace` and `strategy_id`."""
        if self.strategy_id is not None:
            yield "strategy_id = ?", (self.strategy_id,)
        if self.namespace is not None:
            yield "namespace = ?", (self.namespace,)
        if self.path is not None and (root := self.path.rstrip("/")):
            # 0 comes after / in ASCII
            yield (
                "(namespace = ? OR namespace >= ? AND namespace < ?)",
                (
                    root,
                    f"{root}/",
                    f"{root}0",
                ),
            )
        elif self.path is not None:
            yield "namespace IS NOT NULL", ()


def is_below(namespace: str | None, path: str) -> bool:
    """Tell whether a namespace is the one at `path` or below it; a slash at the end is nothing."""
    root = path.rstrip("/")
    return namespace is not None and (not root or f"{namespace}/".startswith(f"{root}/"))


def scope_of(members: JsonObject, strategy_id: str | None) -> Scope:
    """Return what a request asks for.

    Raises:
        ValidationFailed: neither or both of namespace and namespacePath, or a wildcard in one.
    """
    named = [name for name in ("namespace", "namespacePath") if name in members]
    if len(named) != 1:
        message = "Exactly one of namespace and namespacePath is required"
        raise ValidationFailed.of_field("namespace", message)
    if "*" in members[named[0]]:
        raise ValidationFailed.of_field(named[0], "Wildcards are not supported in namespaces")
    return Scope(members.get("namespace"), members.get("namespacePath"), strategy_id)
