"""The kinds of resources there are, in the function's own account and region.

Imported on the first event, not with the handler, for boto3's sake. Clients are opened on first
use, and kept.
"""

import os
from collections.abc import Callable
from functools import cache

import boto3

from provisioner.archives import Archives
from provisioner.calls import QUICK, Calls
from provisioner.errors import UnknownStep
from provisioner.kinds.gateways import Gateways
from provisioner.kinds.memories import Memories
from provisioner.kinds.policies import PolicyEngines, PolicySets
from provisioner.kinds.runtimes import Runtimes
from provisioner.logs import RuntimeLogs
from provisioner.ports import Kind


@cache
def kind(name: str) -> Kind:
    """Return the kind that a request names.

    Raises:
        UnknownStep: there is none.
    """
    if name not in KINDS:
        raise UnknownStep(f"There is no kind {name}")
    return KINDS[name]()


@cache
def _agentcore() -> Calls:
    return Calls(boto3.client("bedrock-agentcore-control", config=QUICK))


def _runtimes() -> Kind:
    functions = Calls(boto3.client("lambda", config=QUICK))
    objects = boto3.client("s3", config=QUICK)
    archives = Archives(functions, objects, os.environ["ARTIFACTS_BUCKET"])
    return Runtimes(_agentcore(), archives, RuntimeLogs(Calls(boto3.client("logs", config=QUICK))))


KINDS: dict[str, Callable[[], Kind]] = {
    "gateway": lambda: Gateways(_agentcore()),
    "memory": lambda: Memories(_agentcore()),
    "policies": lambda: PolicySets(_agentcore()),
    "policy-engine": lambda: PolicyEngines(_agentcore()),
    "runtime": _runtimes,
}
