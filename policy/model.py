"""What the policy core works on: callers, policies, tools and decisions. Values only.

Names are AgentCore's (Developer Guide, policy): a caller is an `AgentCore::OAuthUser` with its
claims as string tags, or an `AgentCore::IamEntity` without tags.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

JsonObject = dict[str, Any]

PrincipalKind = Literal["OAuthUser", "IamEntity"]

TOOL_NAME_SEPARATOR: Final = "___"
"""Between target and tool in an action's name (Developer Guide, tool naming)."""

DENIED_BY_DEFAULT: Final = "No policy applies to the request (denied by default)."
"""The reason of a denial that no policy made (claim `policy.reasons`)."""


@dataclass(frozen=True)
class Principal:
    """A caller. `id` is a token's `sub`, or the ARN of a role without its session's name.

    `tags` are the token's claims; an `IamEntity` has none, and those given are not looked at.
    """

    kind: PrincipalKind
    id: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """A policy of an engine.

    `enforced` is False for the policy's own LOG_ONLY: it is evaluated and reported, and never
    decides.
    """

    policy_id: str
    name: str
    statement: str
    enforced: bool = True


@dataclass(frozen=True)
class ToolSchema:
    """A tool as policies see it. `name` is the full one, `Target___tool`."""

    name: str
    input_schema: JsonObject

    @property
    def target(self) -> str:
        """Return the name of the target the tool is of."""
        return self.name.partition(TOOL_NAME_SEPARATOR)[0]


@dataclass(frozen=True)
class Decision:
    """What the policies say of one call.

    `determining` are the ids of the policies that decided: every permit that applied, or every
    forbid. `reason` of a denial is what the refusal holds between brackets; an allowed call
    has none. `errors` are policies that could not be evaluated and so did not apply, one line
    each, without values of the request. `log_only` are LOG_ONLY policies that applied.
    """

    allowed: bool
    determining: tuple[str, ...]
    reason: str
    errors: tuple[str, ...]
    log_only: tuple[str, ...] = ()


@dataclass(frozen=True)
class References:
    """What policies mention: all that a decision log needs to keep.

    `tags` are the principal's; `inputs` the members of `context.input`, by tool. With
    `every_tag` a policy computes a tag's name, so that any tag may matter.
    """

    tags: frozenset[str]
    inputs: Mapping[str, frozenset[str]]
    every_tag: bool = False
