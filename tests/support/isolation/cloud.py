"""A cloud whose callers have policies, and which lets others in between whatever it does."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from localcloud.cloud import AccessDenied, Caller, Response
from tests.support.fake_cloud import FakeCloud

PREFIX = "bedrock-agentcore:"


@dataclass(frozen=True)
class Grant:
    """A statement that allows: actions on resources, if every condition key fits (StringLike).

    A key that a request does not have fits nothing. Patterns are the shell's, which are IAM's.
    """

    actions: tuple[str, ...]
    resource: str
    conditions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def allows(self, action: str, resource: str, context: Mapping[str, str]) -> bool:
        """Tell whether it allows this."""
        return (
            any(fnmatchcase(action, PREFIX + one) for one in self.actions)
            and fnmatchcase(resource, self.resource)
            and all(
                any(fnmatchcase(context.get(PREFIX + key, ""), one) for one in patterns)
                for key, patterns in self.conditions.items()
            )
        )


@dataclass
class TenantsCloud(FakeCloud):
    """`grants` are by the caller's ARN; who is not among them may do everything.

    Every question to it is a place where other requests go on.
    """

    grants: dict[str, tuple[Grant, ...]] = field(default_factory=dict)

    async def authorize(
        self, caller: Caller, *, action: str, resource: str, context: Mapping[str, str]
    ) -> None:
        """Refuse what no grant of the caller allows."""
        await asyncio.sleep(0)
        grants = self.grants.get(caller.arn)
        if grants is None or any(one.allows(action, resource, context) for one in grants):
            return
        raise AccessDenied(f"User: {caller.arn} is not authorized to perform: {action}")

    async def send(self, method: str, url: str, **more: Any) -> Response:  # noqa: ANN401 - `Cloud.send`
        """Give the scripted answer, a moment later."""
        await asyncio.sleep(0)
        response = await super().send(method, url, **more)
        await asyncio.sleep(0)
        return response
