"""What a caller's tags must be for a policy to matter at all.

Cedar evaluates scope and conjuncts from left to right and stops at the first that is false. So
`principal.getTag("tenant") == "acme"` decides that a policy does not apply, and does not fail
either, if nothing before it can fail. Only what is proved here is used: anything else ends it.
"""

from collections.abc import Mapping

from cedarpy import pst

from policy.trees import CONTEXT, INPUT, PRINCIPAL, conjuncts

type Needs = Mapping[str, frozenset[str]]
"""By tag: the values of which the caller must have one."""


def needs(node: pst.Template) -> Needs:
    """Return the tags without which a policy neither applies nor fails."""
    guarded: set[str] = set()
    found: dict[str, frozenset[str]] = {}
    for each in conjuncts(node):
        tag = _has_tag(each)
        choice = _choice(each)
        if tag is not None:
            guarded.add(tag)
        elif choice is not None and choice[0] in guarded:
            name, values = choice
            found[name] = found[name] & values if name in found else values
        elif not cannot_fail(each, frozenset(guarded)):
            break
    return found


def cannot_fail(expr: pst.Expr, guarded: frozenset[str] = frozenset()) -> bool:
    """Tell whether an expression is true or false for every call, and never an error.

    Args:
        expr: an expression in the place of a condition.
        guarded: tags the caller is known to have.
    """
    match expr:
        case pst.BoolLit():
            return True
        case pst.UnaryOp("not", arg):
            return cannot_fail(arg, guarded)
        case pst.BinaryOp("or", left, right):
            return cannot_fail(left, guarded) and cannot_fail(right, guarded)
        case pst.BinaryOp("and", left, right):
            tag = _has_tag(left)
            more = guarded | {tag} if tag is not None else guarded
            return cannot_fail(left, guarded) and cannot_fail(right, more)
        case pst.BinaryOp("has_tag", left, pst.StringLit()):
            return left == PRINCIPAL
        case pst.BinaryOp("eq" | "not_eq", left, right):
            return _is_value(left, guarded) and _is_value(right, guarded)
        case pst.HasAttr(base, attrs):
            return len(attrs) == 1 and base in (INPUT, CONTEXT)
        case pst.Is(pst.Var(name), _, None):
            return name != "context"
        case _:
            return False


def _is_value(expr: pst.Expr, guarded: frozenset[str]) -> bool:
    match expr:
        case pst.BoolLit() | pst.LongLit() | pst.StringLit() | pst.EntityLit() | pst.Var():
            return True
        case pst.BinaryOp("get_tag", left, pst.StringLit(tag)):
            return left == PRINCIPAL and tag in guarded
        case _:
            return False


def _has_tag(expr: pst.Expr) -> str | None:
    match expr:
        case pst.BinaryOp("has_tag", left, pst.StringLit(tag)) if left == PRINCIPAL:
            return tag
        case _:
            return None


def _choice(expr: pst.Expr) -> tuple[str, frozenset[str]] | None:
    """Read `getTag(t) == "a"`, or several of one tag with `||` between them."""
    match expr:
        case pst.BinaryOp("eq", left, pst.StringLit(value)):
            match left:
                case pst.BinaryOp("get_tag", who, pst.StringLit(tag)) if who == PRINCIPAL:
                    return tag, frozenset({value})
        case pst.BinaryOp("or", left, right):
            one, other = _choice(left), _choice(right)
            if one is not None and other is not None and one[0] == other[0]:
                return one[0], one[1] | other[1]
    return None
