"""The workload identities of gateways and agent runtimes, read from what they are.

So they are made and removed with them (claim `identity.workload.linked`). People may be sent back
to where a gateway's targets say (`defaultReturnUrl`).
"""

from collections.abc import Iterator

from localcloud.agentcore.identity.model import Workload
from localcloud.agentcore.model import Gateway, Target
from localcloud.agentcore.runtime.model import Runtime
from localcloud.agentcore.runtime.store import RuntimeStore
from localcloud.agentcore.store import GatewayStore


class ServiceIdentities:
    """Implements `directory.Linked`."""

    def __init__(self, gateways: GatewayStore, runtimes: RuntimeStore) -> None:
        """Read gateways and runtimes where they are kept."""
        self._gateways = gateways
        self._runtimes = runtimes

    def find(self, name: str) -> Workload | None:
        """Return the identity of the gateway or runtime whose id this is, or None."""
        gateway, runtime = self._gateways.gateway(name), self._runtimes.runtime(name)
        if gateway is not None:
            return self._of_gateway(gateway)
        return None if runtime is None else _of_runtime(runtime)

    def all(self) -> tuple[Workload, ...]:
        """Return all of them."""
        gateways = (self._of_gateway(gateway) for gateway in self._gateways.gateways())
        return (*gateways, *(_of_runtime(runtime) for runtime in self._runtimes.runtimes()))

    def _of_gateway(self, gateway: Gateway) -> Workload:
        made = gateway.created_at
        targets = self._gateways.targets(gateway.gateway_id)
        urls = dict.fromkeys(url for target in targets for url in _return_urls(target))
        return Workload(gateway.gateway_id, made, made, tuple(urls), linked=True)


def _of_runtime(runtime: Runtime) -> Workload:
    return Workload(runtime.runtime_id, runtime.created_at, runtime.created_at, linked=True)


def _return_urls(target: Target) -> Iterator[str]:
    for configuration in target.config.get("credentialProviderConfigurations") or ():
        provider = configuration.get("credentialProvider", {}).get("oauthCredentialProvider", {})
        if "defaultReturnUrl" in provider:
            yield provider["defaultReturnUrl"]
