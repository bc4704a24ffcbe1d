"""Wire the kinds of custom resources to the state machine that does the work.

Imported on the first event, not with the handler: crhelper, boto3 and Pydantic take several times
as long to import as the handler itself.
"""

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from agentcore_resources import delivery
from agentcore_resources.credential_provider import CREDENTIAL_PROVIDER
from agentcore_resources.gateway import GATEWAY
from agentcore_resources.memory import MEMORY
from agentcore_resources.policies import POLICIES, POLICY_ENGINE
from agentcore_resources.resource import Kind, MachineDriven
from agentcore_resources.runtime import RUNTIME
from custom_resources.direct import Direct, Refused

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

KINDS: dict[str, Kind] = {
    "Custom::AgentCoreCredentialProvider": CREDENTIAL_PROVIDER,
    "Custom::AgentCoreGateway": GATEWAY,
    "Custom::AgentCoreMemory": MEMORY,
    "Custom::AgentCorePolicies": POLICIES,
    "Custom::AgentCorePolicyEngine": POLICY_ENGINE,
    "Custom::AgentCoreRuntime": RUNTIME,
}
"""By resource type: what is asked for."""


@cache
def resource(resource_type: str) -> MachineDriven | Direct:
    """Return the custom resource of a type, made on first use and kept."""
    if resource_type not in KINDS:
        return _unserved(resource_type)
    return MachineDriven(KINDS[resource_type], start=Starter(_states()), deliver=delivery.put)


def _unserved(resource_type: str) -> Direct:
    """Say no at once: without an answer CloudFormation waits for an hour."""

    def refuse(_: dict[str, Any]) -> str:
        raise Refused(f"{resource_type} is not served here")

    return Direct(name=refuse, put=refuse, remove=lambda _: None)


class Starter:
    """Starts executions of the state machine, each of them once."""

    def __init__(self, states: "SFNClient") -> None:
        """Take a client; the machine's ARN is in the environment."""
        self._states = states

    def __call__(self, name: str, document: dict[str, Any]) -> None:
        """Start the execution of this name, unless it has been: then all is as it should be."""
        try:
            self._states.start_execution(
                stateMachineArn=os.environ["PROVISION_MACHINE_ARN"],
                name=name,
                input=json.dumps(document),
            )
        except self._states.exceptions.ExecutionAlreadyExists:
            return


@cache
def _states() -> "SFNClient":
    quick = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    return boto3.client("stepfunctions", config=quick)
