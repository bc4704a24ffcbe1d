"""Ask Cedar about one call, in AgentCore's terms. Decisions are Cedar's alone."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cedarpy

from policy.model import JsonObject, Principal
from policy.schema import NAMESPACE, groups_of

_KINDS: Final = (
    ("does not have the tag", "a tag is missing"),
    ("does not have the attribute", "an attribute is missing"),
    ("type error", "a value has the wrong type"),
    ("overflow", "integer overflow"),
    ("extension", "a function failed"),
)


@dataclass(frozen=True)
class Answer:
    """What Cedar says. `applied` are the policies that decided, `failed` those with an error."""

    allowed: bool
    applied: frozenset[str]
    failed: tuple[str, ...]


def entities(principal: Principal, tool: str) -> cedarpy.Entities:
    """Return a caller, and a tool within its groups, as Cedar looks them up."""
    caller: JsonObject = {
        "uid": _uid(principal.kind, principal.id),
        "attrs": {"id": principal.id},
        "parents": [],
    }
    if principal.kind == "OAuthUser":
        caller["tags"] = dict(principal.tags)
    chain = (tool, *groups_of(tool))
    return cedarpy.Entities.from_json_str(json.dumps([caller, *_actions(chain)]))


def ask(
    policies: cedarpy.PolicySet,
    known: cedarpy.Entities,
    principal: Principal,
    tool: str,
    gateway_arn: str,
    context: JsonObject,
) -> Answer:
    """Let Cedar decide on a call."""
    request = {
        "principal": _uid(principal.kind, principal.id),
        "action": _uid("Action", tool),
        "resource": _uid("Gateway", gateway_arn),
        "context": context,
    }
    result = cedarpy.is_authorized(request, policies, known)
    return Answer(
        allowed=result.allowed,
        applied=frozenset(result.diagnostics.reasons),
        failed=tuple(sorted(result.diagnostics.errors)),
    )


def foresee(
    policies: cedarpy.PolicySet,
    known: cedarpy.Entities,
    principal: Principal,
    tool: str,
    context: JsonObject,
) -> bool | None:
    """Let Cedar decide on a call of which `policies` leave something open (`unknowns`).

    Returns:
        True or False where the answer is that, whatever the unknown is; None where it depends
        on it, or where Cedar cannot read the caller's id.
    """
    request = {
        "principal": _literal(principal.kind, principal.id),
        "action": _literal("Action", tool),
        "resource": None,
        "context": context,
    }
    match cedarpy.is_authorized_partial(request, policies, known).decision:
        case cedarpy.Decision.Allow:
            return True
        case cedarpy.Decision.Deny:
            return False
        case _:
            return None


def described(failure: str, policy_ids: Iterable[str]) -> str:
    """Return an error of Cedar's without what it quotes of the request."""
    kind = next((said for sign, said in _KINDS if sign in failure), "it cannot be evaluated")
    policy_id = next((each for each in policy_ids if f"policy `{each}`" in failure), "")
    return f"{policy_id}: {kind}"


def _actions(chain: tuple[str, ...]) -> Iterable[JsonObject]:
    for name, parent in zip(chain, [*chain[1:], None], strict=True):
        parents = [] if parent is None else [_uid("Action", parent)]
        yield {"uid": _uid("Action", name), "attrs": {}, "parents": parents}


def _uid(kind: str, id_: str) -> dict[str, str]:
    return {"type": f"{NAMESPACE}::{kind}", "id": id_}


def _literal(kind: str, id_: str) -> str:
    """Write an entity as Cedar does, which is the only way that its parser takes."""
    return f'{NAMESPACE}::{kind}::"{"".join(map(_escaped, id_))}"'


def _escaped(char: str) -> str:
    known = {
        '"': '\\"',
        "'": "\\'",
        "\\": "\\\\",
        "\n": "\\n",
        "\t": "\\t",
        "\r": "\\r",
        "\0": "\\0",
    }
    if char in known:
        return known[char]
    return char if char.isprintable() else f"\\u{{{ord(char):x}}}"
