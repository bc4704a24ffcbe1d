"""Whose a gateway is: said by its tags, for nothing else survives a run that was cut off."""

import hashlib

from provisioner.document import JsonObject, Owner, Request
from provisioner.errors import NameTaken
from provisioner.ports import Control

STACK_TAG = "provisioner:stack-id"
RESOURCE_TAG = "provisioner:logical-id"


def owner_tags(owner: Owner) -> dict[str, str]:
    """Return the tags that mark what belongs to a stack's resource."""
    return {STACK_TAG: owner["stackId"], RESOURCE_TAG: owner["logicalId"]}


def find_ours(control: Control, request: Request) -> JsonObject | None:
    """Return the gateway of the request's name if it belongs to the request's owner.

    Someone else's is nothing to a Delete: it follows the Create that could not have the name.

    Raises:
        NameTaken: it belongs to someone else, and the request is no Delete.
    """
    name = request["name"]
    gateway = control.find_gateway(name) if name else None
    if gateway is None:
        return None
    tags = control.tags(gateway["gatewayArn"])
    if owner_tags(request["owner"]).items() <= tags.items():
        return gateway
    if request["type"] == "Delete":
        return None
    raise NameTaken(f"A gateway named {name} exists and does not belong to this stack's resource")


def client_token(request: Request, subject: str) -> str:
    """Derive an idempotency token, so that a call that is repeated makes nothing twice.

    Returns:
        64 hexadecimal digits; 33 to 256 letters, digits and hyphens are allowed (botocore,
        ClientToken).
    """
    return hashlib.sha256(f"{request['token']}/{subject}".encode()).hexdigest()
