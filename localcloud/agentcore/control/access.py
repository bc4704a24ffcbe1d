"""Whether a caller may do what a request asks for.

Sources: Service Authorization Reference, Amazon Bedrock AgentCore (actions, condition keys).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from localcloud.agentcore.control import names
from localcloud.agentcore.model import JsonObject
from localcloud.cloud import Caller, Cloud

PREFIX: Final = "bedrock-agentcore"
"""Of actions and condition keys of both services."""

ROLE_MEMBERS: Final = ("roleArn", "memoryExecutionRoleArn")
"""Members that name a role for the service to take."""

type Conditions = Mapping[str, tuple[str, ...]]
"""Condition keys without the prefix, and the path of the member each is taken from."""


async def authorize_roles(cloud: Cloud, caller: Caller, members: JsonObject) -> None:
    """Ask whether `caller` may hand the roles a request names to the service.

    Raises:
        AccessDenied: the caller's policies do not allow `iam:PassRole`.
    """
    context = {"iam:PassedToService": names.SERVICE_PRINCIPAL}
    for role_arn in (members[name] for name in ROLE_MEMBERS if name in members):
        await cloud.authorize(caller, action="iam:PassRole", resource=role_arn, context=context)


def conditions(
    keys: Conditions, members: JsonObject, tags: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the condition keys of a request on a resource that has `tags`."""
    return dict(_conditions(keys, members, tags or {}))


def _conditions(
    keys: Conditions, members: JsonObject, tags: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for key, path in keys.items():
        value = _at(members, path)
        if isinstance(value, str):
            yield f"{PREFIX}:{key}", value
    requested = members.get("tags")
    if isinstance(requested, Mapping):
        yield from ((f"aws:RequestTag/{name}", str(value)) for name, value in requested.items())
    yield from ((f"aws:ResourceTag/{name}", value) for name, value in tags.items())


def _at(members: JsonObject, path: tuple[str, ...]) -> Any:  # noqa: ANN401 - JSON
    value: Any = members
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
