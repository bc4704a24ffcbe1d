"""Rewrite policies so that Cedar evaluates them while parts of a call are unknown.

What is unknown becomes an attribute of the resource, and the resource is left out of the request:
Cedar then leaves open what depends on it, and decides the rest, `context.system.now` included. A
context with one unknown member would be unknown as a whole. The real resource is known, and
policies on other gateways are sorted out before.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from cedarpy import pst

from policy.schema import NAMESPACE
from policy.trees import CONTEXT, INPUT, PRINCIPAL, rewritten

_UNKNOWN: Final = pst.Var("resource")


def _nothing(_name: str | None) -> bool:
    return False


@dataclass(frozen=True)
class Unknown:
    """What is not known of a call, by name. None asks for all at once, or a computed name."""

    gateway_arn: str
    is_tag: Callable[[str | None], bool] = _nothing
    is_input: Callable[[str | None], bool] = _nothing

    def left_open(self, node: pst.Template) -> pst.Template:
        """Return a policy that asks the unknown for what is not known."""
        return replace(rewritten(node, self._changed), resource=pst.ScopeAny())

    def _changed(self, each: object) -> object:
        match each:
            case pst.Var("resource"):
                return pst.EntityLit(_gateway(self.gateway_arn))
            case pst.BinaryOp("has_tag" | "get_tag" as op, who, name) if who == PRINCIPAL:
                return self._tag(each, op == "has_tag", name)
            case pst.GetAttr() | pst.HasAttr() | pst.Var("context"):
                return self._context(each)
            case _:
                return each

    def _tag(self, each: pst.BinaryOp, asks: bool, name: pst.Expr) -> object:
        tag = name.value if isinstance(name, pst.StringLit) else None
        if not self.is_tag(tag):
            return each
        attribute = f"tag_{tag}" if tag is not None else "tags"
        if asks:
            return pst.HasAttr(_UNKNOWN, (attribute,))
        return pst.GetAttr(_UNKNOWN, attribute)

    def _context(self, each: pst.GetAttr | pst.HasAttr | pst.Var) -> object:
        match each:
            case pst.GetAttr(base, name) if base == INPUT:
                found: object = pst.GetAttr(_UNKNOWN, f"input_{name}")
                return found if self.is_input(name) else _as_it_is(each)
            case pst.HasAttr(base, (name, *rest)) if base == INPUT:
                found = pst.HasAttr(_UNKNOWN, (f"input_{name}", *rest))
                return found if self.is_input(name) else _as_it_is(each)
            case pst.HasAttr(base, ("input", name, *rest)) if base == CONTEXT:
                found = pst.HasAttr(_UNKNOWN, (f"input_{name}", *rest))
                return found if self.is_input(name) else _as_it_is(each)
            case pst.HasAttr(base, _) if base == CONTEXT:
                return _as_it_is(each)
            case pst.GetAttr(base, name) if base == CONTEXT and name != "input":
                return _as_it_is(each)
            case _ if each in (CONTEXT, INPUT) and self.is_input(None):
                return pst.GetAttr(_UNKNOWN, "context" if each == CONTEXT else "input")
            case _ if each == INPUT:
                return _as_it_is(each)
            case _:
                return each


def _as_it_is(each: pst.GetAttr | pst.HasAttr | pst.Var) -> object:
    """Return an equal node, so that what is below it is not looked at."""
    return replace(each)


def _gateway(arn: str) -> pst.EntityUid:
    return pst.EntityUid(pst.EntityType("Gateway", (NAMESPACE,)), arn)
