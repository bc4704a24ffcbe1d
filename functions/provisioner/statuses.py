"""What the statuses of resources and parts mean to a provisioner (botocore, *Status)."""

from provisioner.ports import Found

READY = frozenset({"READY", "ACTIVE"})
CREATING = "CREATING"
DELETING = "DELETING"

FAILED_TO_BEGIN = frozenset({"FAILED", "CREATE_FAILED"})
BROKEN = FAILED_TO_BEGIN | {
    "UPDATE_UNSUCCESSFUL",
    "SYNCHRONIZE_UNSUCCESSFUL",
    "UPDATE_FAILED",
    "DELETE_FAILED",
}
"""Nothing more will happen without a change."""

CHANGING = frozenset({CREATING, "UPDATING", "SYNCHRONIZING"})
"""In the middle of a change, and in the way of the next one."""


def described(noun: str, found: Found) -> str:
    """Say what status a resource or part is in, and why if the service says so."""
    said = f"{noun} {found.name} is {found.status}"
    return f"{said}: {found.reasons}" if found.reasons else said
