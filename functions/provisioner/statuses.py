"""What the statuses of gateways and targets mean to a provisioner (botocore, *Status)."""

from provisioner.document import JsonObject

READY = "READY"
CREATING = "CREATING"
DELETING = "DELETING"
FAILED = "FAILED"

BROKEN = frozenset({FAILED, "UPDATE_UNSUCCESSFUL", "SYNCHRONIZE_UNSUCCESSFUL"})
"""Nothing more will happen without a change."""

CHANGING = frozenset({CREATING, "UPDATING", "SYNCHRONIZING"})
"""In the middle of a change, and in the way of the next one."""


def described(kind: str, name: str, resource: JsonObject) -> str:
    """Say what status a resource is in, and why if the service says so."""
    reasons = " ".join(resource.get("statusReasons") or [])
    said = f"{kind} {name} is {resource['status']}"
    return f"{said}: {reasons}" if reasons else said
