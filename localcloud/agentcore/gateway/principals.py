r"""Who calls a gateway, as policies see it.

Sources: AgentCore Developer Guide, policy authorization flow (the `sub` claim is the id, claims
are tags of type String) and policy scope (an IAM caller's ARN); public policies whose patterns
expect lists as JSON text (`like "*\"admins\"*"`). The rest is ours (claims
`agentcore-policy.principal.*`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import to_json

from policy.model import Principal


@dataclass(frozen=True, slots=True)
class Admitted:
    """What an authorizer knows of a caller: a token's claims, the ARN of who signed, nothing.

    `token` is what the claims are of: for targets that are called on behalf of the user.
    """

    claims: Mapping[str, Any] | None = None
    arn: str | None = None
    token: str | None = field(default=None, repr=False)


def principal_of(admitted: Admitted) -> Principal:
    """Return the principal of a caller.

    Of one who has not been asked there is neither id nor tags, so that what is permitted to users
    of tokens is not permitted to all the world.
    """
    if admitted.claims is not None:
        subject = admitted.claims.get("sub")
        id_ = subject if isinstance(subject, str) else ""
        return Principal("OAuthUser", id_, dict(_tags(admitted.claims)))
    return Principal("IamEntity", without_session(admitted.arn or ""), {})


def without_session(arn: str) -> str:
    """Return the ARN of a caller, of an assumed role without the session's name."""
    head, marker, rest = arn.partition(":assumed-role/")
    return f"{head}{marker}{rest.rpartition('/')[0]}" if marker and "/" in rest else arn


def _tags(claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in claims.items():
        match value:
            case str():
                yield name, value
            case bool() | int() | float() | list():
                yield name, to_json(value).decode()
            case _:
                continue
