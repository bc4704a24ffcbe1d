"""Switch a gateway between LOG_ONLY and ENFORCE, and leave everything else as it is.

UpdateGateway is a full replace (botocore `UpdateGateway`): a member that is not sent is reset. So
all that GetGateway returned and UpdateGateway takes is sent again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, Protocol

from policy.errors import NotPromoted
from policy.model import JsonObject, Policy

KEPT_MEMBERS: Final = (
    "name",
    "description",
    "roleArn",
    "protocolType",
    "protocolConfiguration",
    "authorizerType",
    "authorizerConfiguration",
    "kmsKeyArn",
    "customTransformConfiguration",
    "interceptorConfigurations",
    "exceptionLevel",
    "wafConfiguration",
)
"""Members of GetGateway's reply that UpdateGateway takes, beside the policy engine's."""

Mode = Literal["ENFORCE", "LOG_ONLY"]

POLLS: Final = 60
POLL_S: Final = 2.0
"""How often and in which distance a gateway is asked whether it is ready, at most two minutes."""


class ControlPlane(Protocol):
    """What is asked of a `bedrock-agentcore-control` client."""

    def get_gateway(self, *, gatewayIdentifier: str) -> Mapping[str, Any]:
        """Return a gateway."""
        ...

    def update_gateway(self, **members: Any) -> Mapping[str, Any]:  # noqa: ANN401 (boto3's)
        """Replace a gateway's configuration."""
        ...

    def list_policies(self, **members: Any) -> Mapping[str, Any]:  # noqa: ANN401 (boto3's)
        """Return a page of the policies of an engine."""
        ...


class Promotion:
    """A gateway whose mode is about to change."""

    def __init__(self, control: ControlPlane, gateway_id: str) -> None:
        """Take the API and the gateway.

        Raises:
            NotPromoted: no policy engine is attached to the gateway.
        """
        self._control = control
        self._gateway: Mapping[str, Any] = control.get_gateway(gatewayIdentifier=gateway_id)
        if not self._gateway.get("policyEngineConfiguration"):
            raise NotPromoted(f"gateway {gateway_id} has no policy engine")

    @property
    def gateway_arn(self) -> str:
        """Return the gateway's ARN."""
        return str(self._gateway["gatewayArn"])

    @property
    def mode(self) -> Mode:
        """Return the mode the gateway is in."""
        found: Mode = self._gateway["policyEngineConfiguration"]["mode"]
        return found

    def policies(self) -> list[Policy]:
        """Return the engine's policies: what will be enforced. Names stand for their ids.

        A policy that the stack has made is called after its file and the end of its engine's id:
        it has its file's name here, by which the table knows it.

        Raises:
            NotPromoted: one is not ACTIVE, or is none of Cedar.
        """
        made_by_stack = f"_{self._engine_id.rpartition('-')[2]}"
        return [_policy(each, made_by_stack) for each in self._listed()]

    def switch(self, mode: Mode, wait: Callable[[float], object]) -> None:
        """Change the mode and wait, in steps of seconds, until the gateway is ready.

        Raises:
            NotPromoted: it is not ready in time, or failed.
        """
        gateway_id = self._gateway["gatewayId"]
        engine = {**self._gateway["policyEngineConfiguration"], "mode": mode}
        kept = {name: self._gateway[name] for name in KEPT_MEMBERS if name in self._gateway}
        self._control.update_gateway(
            gatewayIdentifier=gateway_id, **kept, policyEngineConfiguration=engine
        )
        for _ in range(POLLS):
            status = self._control.get_gateway(gatewayIdentifier=gateway_id)["status"]
            if status == "READY":
                return
            if status != "UPDATING":
                raise NotPromoted(f"gateway {gateway_id} is {status}")
            wait(POLL_S)
        raise NotPromoted(f"gateway {gateway_id} is not ready after {POLLS * POLL_S:.0f} s")

    @property
    def _engine_id(self) -> str:
        return str(self._gateway["policyEngineConfiguration"]["arn"]).rpartition("/")[2]

    def _listed(self) -> Iterator[JsonObject]:
        asked: JsonObject = {"policyEngineId": self._engine_id}
        while True:
            page = self._control.list_policies(**asked)
            yield from page["policies"]
            if not page.get("nextToken"):
                return
            asked["nextToken"] = page["nextToken"]


def _policy(listed: JsonObject, made_by_stack: str) -> Policy:
    name = str(listed["name"]).removesuffix(made_by_stack)
    statement = listed.get("definition", {}).get("cedar", {}).get("statement")
    if listed["status"] != "ACTIVE" or statement is None:
        raise NotPromoted(f"policy {name} is {listed['status']}, or not written in Cedar")
    return Policy(name, name, statement, listed.get("enforcementMode", "ACTIVE") == "ACTIVE")
