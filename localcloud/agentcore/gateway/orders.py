"""One MCP request on its way through a gateway: by whom, to what, and in which version."""

from dataclasses import dataclass

from localcloud.agentcore.gateway.principals import Admitted
from localcloud.agentcore.gateway.propagation import propagated
from localcloud.agentcore.gateway.rpc import RpcRequest
from localcloud.agentcore.gateway.sending import Errand
from localcloud.agentcore.gateway.served import Served
from localcloud.agentcore.model import Target
from localcloud.cloud import Request


@dataclass(frozen=True)
class Order:
    """One request within its gateway and version."""

    served: Served
    admitted: Admitted
    request: Request
    rpc: RpcRequest
    modern: bool

    def errand(self, target: Target) -> Errand:
        """Return for whom a target is asked."""
        passed = propagated(target, self.request)
        return Errand(self.served.gateway, target, self.admitted.token, passed)

    async def visible(self) -> frozenset[str] | None:
        """Return the full names of the tools the caller may see, None for all.

        Raises:
            PolicyEvaluationFailed: the gateway's policies cannot be asked.
        """
        guard = self.served.guard
        return None if guard is None else await guard.visible(self.admitted)
