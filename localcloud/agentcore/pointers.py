"""JSON pointers."""


def step(pointer: str, key: object) -> str:
    """Return the pointer to a member, escaped as RFC 6901 says."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
