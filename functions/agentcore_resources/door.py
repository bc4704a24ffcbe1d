"""Wire the kinds of custom resources to their state machines.

Imported on the first event, not with the handler: crhelper, boto3 and Pydantic take several times
as long to import as the handler itself.
"""

import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from agentcore_resources import delivery, gateway
from agentcore_resources.resource import Kind, MachineDriven
from custom_resources.direct import Direct, Refused

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

KINDS: dict[str, tuple[Kind, str]] = {"Custom::AgentCoreGateway": (gateway, "GATEWAY_MACHINE_ARN")}
"""By resource type: what is asked for, and the variable with the ARN of who does it."""


@cache
def resource(resource_type: str) -> MachineDriven | Direct:
    """Return the custom resource of a type, made on first use and kept."""
    if resource_type not in KINDS:
        return _unserved(resource_type)
    kind, variable = KINDS[resource_type]
    return MachineDriven(kind, start=Starter(_states(), variable), deliver=delivery.put)


def _unserved(resource_type: str) -> Direct:
    """Say no at once: without an answer CloudFormation waits for an hour."""

    def refuse(_: dict[str, Any]) -> str:
        raise Refused(f"{resource_type} is not served here")

    return Direct(name=refuse, put=refuse, remove=lambda _: None)


class Starter:
    """Starts executions of one state machine, each of them once."""

    def __init__(self, states: "SFNClient", variable: str) -> None:
        """Take a client, and the environment variable that holds the machine's ARN."""
        self._states, self._variable = states, variable

    def __call__(self, name: str, document: dict[str, Any]) -> None:
        """Start the execution of this name, unless it has been: then all is as it should be."""
        try:
            self._states.start_execution(
                stateMachineArn=os.environ[self._variable], name=name, input=json.dumps(document)
            )
        except self._states.exceptions.ExecutionAlreadyExists:
            return


@cache
def _states() -> "SFNClient":
    quick = Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 2})
    return boto3.client("stepfunctions", config=quick)
