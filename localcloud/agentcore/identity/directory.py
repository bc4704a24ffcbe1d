"""The account's directory of workload identities: those that were made, and those of services.

A gateway's and an agent runtime's own identity is read from what they are, so that it is made and
removed with them (claim `identity.workload.linked`).
"""

from collections.abc import Callable, Iterable

from localcloud.agentcore.identity.model import Workload
from localcloud.agentcore.identity.store import IdentityStore

type Linked = Callable[[], Iterable[Workload]]
"""Gives the identities of gateways and agent runtimes."""


class Directory:
    """Finds workload identities."""

    def __init__(self, store: IdentityStore, linked: Linked) -> None:
        """Take where identities are kept, and what gives those of services."""
        self._store = store
        self._linked = linked

    def find(self, name: str) -> Workload | None:
        """Return a workload identity, or None."""
        own = self._store.workloads.get(name)
        return own or next((one for one in self._linked() if one.name == name), None)

    def all(self) -> tuple[Workload, ...]:
        """Return all workload identities."""
        return (*self._linked(), *self._store.workloads.all())
