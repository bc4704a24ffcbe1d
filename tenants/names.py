"""What tenants and their stacks are called, and how long that may be."""

import re
from typing import Final

from tenants.errors import BadName

TENANT: Final = re.compile(r"[a-z][a-z0-9]+")
"""No hyphens: rights go by the beginnings of names, and `acme` must not begin `acme-labs`."""

STACK_MAX_CHARACTERS: Final = 30
"""The gateway is called `<stack>-platform`, and of its name 39 characters are safe: its id has 11
more and a limit of 50 (awslabs/nx-plugin-for-aws). All other names leave more room: memories,
engines and runtimes have 48 (botocore, `Name`), roles 64."""


def stack_name(root: str, tenant: str) -> str:
    """Return the name of a tenant's stack.

    Raises:
        BadName: other characters than allowed, or with the root's name too many.
    """
    if not TENANT.fullmatch(tenant):
        raise BadName(f"{tenant!r}: two or more small letters and digits, a letter first")
    name = f"{root}-tenant-{tenant}"
    if len(name) > STACK_MAX_CHARACTERS:
        left = STACK_MAX_CHARACTERS - len(f"{root}-tenant-")
        raise BadName(
            f"{tenant!r} has more than the {max(left, 0)} characters that {root} leaves it"
        )
    return name


def underscored(stack: str) -> str:
    """Return a stack's name as it begins the names of memories, engines and runtimes."""
    return stack.replace("-", "_")
