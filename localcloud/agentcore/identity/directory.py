"""The account's directory of workload identities: those that were made, and those of services."""

from typing import Protocol

from localcloud.agentcore.identity.model import Workload
from localcloud.agentcore.identity.store import IdentityStore


class Linked(Protocol):
    """The identities of gateways and agent runtimes."""

    def find(self, name: str) -> Workload | None:
        """Return the identity of this name, or None."""
        ...

    def all(self) -> tuple[Workload, ...]:
        """Return all of them."""
        ...


class NoneLinked:
    """A cloud without gateways and runtimes."""

    def find(self, _: str) -> Workload | None:
        """Return None."""
        return None

    def all(self) -> tuple[Workload, ...]:
        """Return nothing."""
        return ()


class Directory:
    """Finds workload identities."""

    def __init__(self, store: IdentityStore, linked: Linked) -> None:
        """Take where identities are kept, and what gives those of services."""
        self._store = store
        self._linked = linked

    def find(self, name: str) -> Workload | None:
        """Return a workload identity, or None."""
        return self._store.workloads.get(name) or self._linked.find(name)

    def all(self) -> tuple[Workload, ...]:
        """Return all workload identities."""
        return (*self._linked.all(), *self._store.workloads.all())
