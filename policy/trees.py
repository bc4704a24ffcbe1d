"""Walk and rewrite Cedar's trees, and name what the policies of AgentCore mention in them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Final, cast

from cedarpy import PolicySet, pst

PRINCIPAL: Final = pst.Var("principal")
ACTION: Final = pst.Var("action")
CONTEXT: Final = pst.Var("context")
INPUT: Final = pst.GetAttr(CONTEXT, "input")


def parts(node: object) -> Iterator[Any]:
    """Yield a node and all below it, the outer before the inner."""
    yield node
    yield from (found for child in children(node) for found in parts(child))


def children(node: object) -> tuple[Any, ...]:
    """Return what is directly below a node."""
    if isinstance(node, Mapping):
        return tuple(node.values())
    if isinstance(node, tuple):
        return node
    if is_dataclass(node) and not isinstance(node, type):
        return tuple(getattr(node, field.name) for field in fields(node))
    return ()


def rewritten(node: pst.Template, change: Callable[[object], object]) -> pst.Template:
    """Return a policy in whose conditions `change` had its say on every node, outer ones first.

    A node that `change` returns as it is, is searched on; one that it replaces is not.
    """
    return replace(node, clauses=cast("tuple[pst.Clause, ...]", _changed(node.clauses, change)))


def _changed(node: object, change: Callable[[object], object]) -> object:
    made = change(node)
    if made is not node:
        return made
    match node:
        case Mapping():
            return pst.FrozenMap({name: _changed(each, change) for name, each in node.items()})
        case tuple():
            return tuple(_changed(each, change) for each in node)
        case _ if is_dataclass(node) and not isinstance(node, type):
            below = {f.name: _changed(getattr(node, f.name), change) for f in fields(node)}
            return replace(node, **below)
        case _:
            return node


def conjuncts(node: pst.Template) -> Iterator[pst.Expr]:
    """Yield what a policy asks for beside its scope, in the order Cedar evaluates it."""
    for clause in node.clauses:
        match clause:
            case pst.When(expr):
                yield from _conjoined(expr)
            case pst.Unless(expr):
                yield pst.UnaryOp("not", expr)


def handle(nodes: Mapping[str, pst.Template]) -> PolicySet:
    """Return policies, by their ids, as Cedar evaluates them."""
    named = {policy_id: replace(node, id=policy_id) for policy_id, node in nodes.items()}
    return PolicySet.from_pst(pst.PolicySet({}, named, ()))


def _conjoined(expr: pst.Expr) -> Iterator[pst.Expr]:
    match expr:
        case pst.BinaryOp("and", left, right):
            yield from _conjoined(left)
            yield from _conjoined(right)
        case _:
            yield expr
