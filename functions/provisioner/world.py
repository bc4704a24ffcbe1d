"""The kinds of resources there are, in the function's own account and region.

Each is made for a stack: for a tenant's, with the rights of a role of the tenant's own.

Imported on the first event, not with the handler, for boto3's sake. Clients are opened on first
use, and kept.
"""

import os
from collections.abc import Callable
from functools import cache

import boto3

from custom_resources.tenants import session
from provisioner.archives import Archives
from provisioner.calls import QUICK, Calls
from provisioner.documents import Documents
from provisioner.errors import UnknownStep
from provisioner.kinds.credential_providers import CredentialProviders
from provisioner.kinds.gateways import Gateways
from provisioner.kinds.memories import Memories
from provisioner.kinds.policies import PolicyEngines, PolicySets
from provisioner.kinds.runtimes import Runtimes
from provisioner.logs import RuntimeLogs
from provisioner.ports import Kind


def kind(name: str, stack_id: str) -> Kind:
    """Return the kind that a request names, with the rights to work for a stack.

    Raises:
        UnknownStep: there is none.
    """
    if name not in KINDS:
        raise UnknownStep(f"There is no kind {name}")
    return _kind(name, session(stack_id, "provisioner"))


@cache
def _kind(name: str, rights: boto3.Session) -> Kind:
    return KINDS[name](rights)


@cache
def _agentcore(rights: boto3.Session) -> Calls:
    return Calls(rights.client("bedrock-agentcore-control", config=QUICK))


def _runtimes(rights: boto3.Session) -> Kind:
    functions = Calls(rights.client("lambda", config=QUICK))
    objects = rights.client("s3", config=QUICK)
    archives = Archives(functions, objects, os.environ["ARTIFACTS_BUCKET"])
    logs = RuntimeLogs(Calls(rights.client("logs", config=QUICK)))
    return Runtimes(_agentcore(rights), archives, logs)


def _gateways(rights: boto3.Session) -> Kind:
    objects = Calls(rights.client("s3", config=QUICK))
    return Gateways(_agentcore(rights), Documents(objects, os.environ["ARTIFACTS_BUCKET"]))


def _credential_providers(rights: boto3.Session) -> Kind:
    keys = Calls(rights.client("apigateway", config=QUICK))
    return CredentialProviders(_agentcore(rights), keys)


KINDS: dict[str, Callable[[boto3.Session], Kind]] = {
    "credential-provider": _credential_providers,
    "gateway": _gateways,
    "memory": lambda rights: Memories(_agentcore(rights)),
    "policies": lambda rights: PolicySets(_agentcore(rights)),
    "policy-engine": lambda rights: PolicyEngines(_agentcore(rights)),
    "runtime": _runtimes,
}
