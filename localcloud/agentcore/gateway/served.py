"""What requests to one gateway need, made once for each state of the gateway and its targets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from localcloud.agentcore.gateway.catalog import Catalog
from localcloud.agentcore.gateway.guard import Deciding, Guard
from localcloud.agentcore.gateway.inbound import Admit, Authorizers
from localcloud.agentcore.gateway.role import gateway_arn
from localcloud.agentcore.gateway.versions import Versions
from localcloud.agentcore.model import Gateway, Status, Target
from localcloud.agentcore.ports import GatewayReader
from localcloud.cloud import Cloud

MAX_KEPT: Final = 1024
"""Gateways kept ready at once."""

_ANSWERING: Final = frozenset({Status.READY, Status.UPDATING, Status.UPDATE_UNSUCCESSFUL})


@dataclass(frozen=True)
class Served:
    """One gateway, ready to answer. It is good for exactly this `gateway` and these `targets`.

    `guard` decides about calls where the gateway has a policy engine.
    """

    gateway: Gateway
    targets: tuple[Target, ...]
    admit: Admit
    versions: Versions
    catalog: Catalog
    streams: bool
    guard: Guard | None = None


class ServedGateways:
    """Makes `Served` from what the control plane knows, and keeps them while nothing changes."""

    def __init__(
        self,
        reader: GatewayReader,
        cloud: Cloud,
        now_s: Callable[[], float],
        deciding: Deciding,
        *,
        page_size: int,
    ) -> None:
        """Take the control plane's state, the cloud, a clock in seconds, and tools per page."""
        self._reader = reader
        self._cloud = cloud
        self._authorizers = Authorizers(cloud, now_s)
        self._deciding = deciding
        self._page_size = page_size
        self._kept: dict[str, Served] = {}

    def find(self, gateway_id: str) -> Served | None:
        """Return a gateway that answers requests, or None.

        A gateway answers from READY on, and while it is updated (claim `gateway.not-ready`).
        """
        gateway = self._reader.gateway(gateway_id)
        if gateway is None or gateway.status not in _ANSWERING:
            self._kept.pop(gateway_id, None)
            return None
        targets = self._reader.targets(gateway_id)
        kept = self._kept.get(gateway_id)
        # Comparing costs next to nothing where the control plane returns the same objects.
        if kept is not None and (kept.gateway, kept.targets) == (gateway, targets):
            return kept
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        made = self._kept[gateway_id] = self._make(gateway, targets)
        return made

    def _make(self, gateway: Gateway, targets: tuple[Target, ...]) -> Served:
        mcp = (gateway.config.get("protocolConfiguration") or {}).get("mcp") or {}
        streaming = mcp.get("streamingConfiguration") or {}
        arn = gateway_arn(self._cloud, gateway.gateway_id)
        catalog = Catalog(gateway, targets, page_size=self._page_size)
        guarded = gateway.config.get("policyEngineConfiguration") is not None
        return Served(
            gateway=gateway,
            targets=targets,
            admit=self._authorizers.of(gateway, arn),
            versions=Versions(gateway),
            catalog=catalog,
            streams=streaming.get("enableResponseStreaming") is True,
            guard=Guard(gateway, arn, catalog.entries, self._deciding) if guarded else None,
        )
