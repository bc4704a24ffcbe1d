"""Find the few policies that can matter for a call among very many.

A policy that is left out could neither apply nor fail, so that Cedar's answer on the rest is its
answer on all. Proved by `necessary`, and tested against the whole set.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cedarpy import pst

from policy.model import Principal
from policy.necessary import Needs, needs
from policy.schema import NAMESPACE, groups_of

type _ActionKey = tuple[str, str]
type _TagKey = tuple[str, str] | None

_ANY_ACTION: _ActionKey = ("any", "")


@dataclass(frozen=True)
class Indexed:
    """A policy as the index keeps it. `position` is its place in the order given."""

    policy_id: str
    node: pst.Template
    needs: Needs


class Index:
    """The policies of one gateway, by action and by the tags they ask for."""

    def __init__(self, nodes: Mapping[str, pst.Template], gateway_arn: str) -> None:
        """Take policies by id, in order. Those on other gateways are left out."""
        self._policies = [
            Indexed(policy_id, node, needs(node))
            for policy_id, node in nodes.items()
            if _holds(node.resource, "Gateway", gateway_arn)
        ]
        self._tags = {name for each in self._policies for name in list(each.needs)[:1]}
        self._places: dict[tuple[_ActionKey, _TagKey], list[int]] = {}
        self._by_action: dict[_ActionKey, set[int]] = {}
        for position, each in enumerate(self._policies):
            for action, tag in _keys(each):
                self._places.setdefault((action, tag), []).append(position)
                self._by_action.setdefault(action, set()).add(position)

    def on(self, tool: str) -> Iterator[Indexed]:
        """Yield the policies whose scope holds a tool, whoever calls, in their order."""
        found = {place for action in _asked(tool) for place in self._by_action.get(action, ())}
        yield from map(self._policies.__getitem__, sorted(found))

    def slice(self, tool: str, principal: Principal) -> tuple[str, ...]:
        """Return the ids of the policies that can matter for a call, in their order."""
        if not self._policies:
            return ()
        tags = principal.tags if principal.kind == "OAuthUser" else {}
        tag_keys: list[_TagKey] = [None, *((n, tags[n]) for n in self._tags if n in tags)]
        positions = {
            position
            for action in _asked(tool)
            for tag in tag_keys
            for position in self._places.get((action, tag), ())
        }
        return tuple(
            policy.policy_id
            for policy in map(self._policies.__getitem__, sorted(positions))
            if _holds(policy.node.principal, principal.kind, principal.id)
            and all(tags.get(name) in values for name, values in policy.needs.items())
        )


def _keys(policy: Indexed) -> Iterator[tuple[_ActionKey, _TagKey]]:
    first: Sequence[_TagKey] = [None]
    for name, values in policy.needs.items():
        first = [(name, value) for value in values]
        break
    for action in _action_keys(policy.node.action):
        for tag in first:
            yield action, tag


def _action_keys(constraint: pst.ActionConstraint) -> Iterator[_ActionKey]:
    match constraint:
        case pst.ScopeAny():
            yield _ANY_ACTION
        case pst.ActionEq(entity):
            yield from [("is", entity.id)] if _is_ours(entity.type, "Action") else []
        case pst.ActionIn(entities):
            yield from (("in", e.id) for e in entities if _is_ours(e.type, "Action"))


@lru_cache(maxsize=4096)
def _asked(tool: str) -> tuple[_ActionKey, ...]:
    """Return under which keys policies on a tool are found."""
    return (
        _ANY_ACTION,
        ("is", tool),
        ("in", tool),
        *(("in", group) for group in groups_of(tool)),
    )


def _holds(constraint: pst.PrincipalOrResourceConstraint, name: str, entity_id: str) -> bool:
    """Tell whether a scope holds an entity. Callers and gateways are in no groups."""
    match constraint:
        case pst.ScopeAny():
            return True
        case pst.ScopeIs(entity_type):
            return _is_ours(entity_type, name)
        case pst.ScopeEq(pst.EntityUid(entity_type, id_)) | pst.ScopeIn(
            pst.EntityUid(entity_type, id_)
        ):
            return _is_ours(entity_type, name) and id_ == entity_id
        case pst.ScopeIsIn(outer, pst.EntityUid(entity_type, id_)):
            return outer == entity_type and _is_ours(entity_type, name) and id_ == entity_id
        case _:
            return False


def _is_ours(entity_type: pst.EntityType, name: str) -> bool:
    return str(entity_type) == f"{NAMESPACE}::{name}"
