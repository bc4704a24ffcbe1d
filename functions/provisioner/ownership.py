"""Whose a resource is: said by its tags, for nothing else survives a run that was cut off."""

import hashlib

from provisioner.document import Owner, Request
from provisioner.errors import NameTaken
from provisioner.ports import Found, Kind

STACK_TAG = "provisioner:stack-id"
RESOURCE_TAG = "provisioner:logical-id"


def owner_tags(owner: Owner) -> dict[str, str]:
    """Return the tags that mark what belongs to a stack's resource."""
    return {STACK_TAG: owner["stackId"], RESOURCE_TAG: owner["logicalId"]}


def find_ours(kind: Kind, request: Request) -> Found | None:
    """Return the resource of the request's name if it belongs to the request's owner.

    Someone else's is nothing to a Delete: it follows the Create that could not have the name.

    Raises:
        NameTaken: it belongs to someone else, and the request is no Delete.
    """
    name = request["name"]
    found = kind.find(name) if name else None
    if found is None:
        return None
    if owner_tags(request["owner"]).items() <= kind.tags(found.arn).items():
        return found
    if request["type"] == "Delete":
        return None
    said = f"A {kind.noun.lower()} named {name} exists"
    raise NameTaken(f"{said} and does not belong to this stack's resource")


def client_token(request: Request, subject: str) -> str:
    """Derive an idempotency token, so that a call that is repeated makes nothing twice.

    Returns:
        64 hexadecimal digits; 33 to 256 letters, digits and hyphens are allowed (botocore,
        ClientToken).
    """
    return hashlib.sha256(f"{request['token']}/{subject}".encode()).hexdigest()
