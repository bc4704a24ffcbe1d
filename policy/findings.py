"""Check a policy before it is taken: against the schema, and for what it surely does too much.

Errors are Cedar's validator's. Findings are AgentCore's kinds (botocore `FindingType`): a policy
that applies to every call in its scope, or to none. Only what is proved is told: a policy without
a finding may well be too wide (claim `policy.findings`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import cedarpy
from cedarpy import pst

from policy.errors import UnparsableStatement
from policy.necessary import cannot_fail
from policy.schema import NAMESPACE, Schema
from policy.statement import ParsedStatement, check_statement
from policy.trees import conjuncts

FindingType = Literal["ALLOW_ALL", "ALLOW_NONE", "DENY_ALL", "DENY_NONE"]

_DESCRIPTIONS: Final[dict[FindingType, str]] = {
    "ALLOW_ALL": "Overly Permissive: the policy allows every call in its scope",
    "ALLOW_NONE": "Overly Restrictive: the policy allows no call",
    "DENY_ALL": "Overly Restrictive: the policy denies every call in its scope",
    "DENY_NONE": "Overly Permissive: the policy denies no call",
}


@dataclass(frozen=True)
class Finding:
    """Something a policy surely does that is seldom meant."""

    type: FindingType
    description: str


@dataclass(frozen=True)
class Validation:
    """What is wrong with a policy. With errors there are no findings."""

    errors: tuple[str, ...]
    findings: tuple[Finding, ...]


def validate(statement: str, schema: Schema) -> Validation:
    """Check a policy against the schema of an engine, and analyse it."""
    try:
        parsed = check_statement(statement)
    except UnparsableStatement as error:
        return Validation((str(error),), ())
    errors = tuple(dict.fromkeys(_errors(parsed, schema)))
    return Validation(errors, () if errors else tuple(_findings(parsed.node)))


def _errors(parsed: ParsedStatement, schema: Schema) -> Iterator[str]:
    unknown = [e.id for e in _actions(parsed.node) if e.id not in schema.actions]
    for name in sorted(unknown):
        yield f"Action '{name}' is not defined in the schema for any associated gateway"
    yield from _scope_errors(parsed.node)
    if not unknown:
        result = cedarpy.validate_policies(parsed.text, schema.handle)
        yield from sorted(_without_id(each.error) for each in result.errors)


def _actions(node: pst.Template) -> Iterator[pst.EntityUid]:
    for uid in pst.entity_uids(node):
        if str(uid.type) == f"{NAMESPACE}::Action":
            yield uid


def _scope_errors(node: pst.Template) -> Iterator[str]:
    """Refuse named actions on any gateway (Developer Guide, policy constraints)."""
    if not isinstance(node.action, pst.ScopeAny) and not isinstance(node.resource, pst.ScopeEq):
        yield "A policy for specific actions needs a specific resource (resource == ...)"


def _without_id(message: str) -> str:
    for opening in ("for policy `policy0`, ", "for policy `policy0`: "):
        message = message.removeprefix(opening)
    return message


def _findings(node: pst.Template) -> Iterator[Finding]:
    always = _always(tuple(conjuncts(node)))
    one_caller = not isinstance(node.principal, pst.ScopeAny | pst.ScopeIs)
    if always is None or (always and one_caller):
        return
    types: tuple[FindingType, FindingType] = (
        ("ALLOW_NONE", "ALLOW_ALL") if node.effect == "permit" else ("DENY_NONE", "DENY_ALL")
    )
    yield Finding(types[always], _DESCRIPTIONS[types[always]])


def _always(conditions: Sequence[pst.Expr]) -> bool | None:
    """Tell whether all conditions are true for every call, or not all for any; None: unproved."""
    known = [_constant(each) for each in conditions]
    if False in known or _contradict(conditions):
        return False
    return True if all(known) else None


def _contradict(conditions: Sequence[pst.Expr]) -> bool:
    """Tell whether one thing would have to equal two texts, or be so and not so."""
    wanted: dict[pst.Expr, set[object]] = {}
    for each in conditions:
        match each:
            case pst.BinaryOp("eq", left, pst.StringLit() | pst.LongLit() | pst.BoolLit() as value):
                wanted.setdefault(left, set()).add(value)
    negated = {
        each.arg for each in conditions if isinstance(each, pst.UnaryOp) and each.op == "not"
    }
    return any(len(values) > 1 for values in wanted.values()) or any(
        each in negated for each in conditions
    )


def _constant(expr: pst.Expr) -> bool | None:
    """Evaluate what needs no call: None where it takes one, or where a part may fail."""
    match expr:
        case pst.BoolLit(value):
            return value
        case pst.UnaryOp("not", arg):
            inner = _constant(arg)
            return None if inner is None else not inner
        case pst.BinaryOp("and", left, right):
            return _both(left, right)
        case pst.BinaryOp("or", left, right):
            return _either(left, right)
        case pst.BinaryOp("eq", left, right):
            return _equal(left, right)
        case pst.BinaryOp("not_eq", left, right):
            same = _equal(left, right)
            return None if same is None else not same
        case _:
            return None


def _both(left: pst.Expr, right: pst.Expr) -> bool | None:
    one, other = _constant(left), _constant(right)
    if one is not None:
        return other if one else False
    return False if other is False and cannot_fail(left) else None


def _either(left: pst.Expr, right: pst.Expr) -> bool | None:
    one, other = _constant(left), _constant(right)
    if one is not None:
        return True if one else other
    return True if other and cannot_fail(left) else None


def _equal(left: pst.Expr, right: pst.Expr) -> bool | None:
    if left == right:
        return True if cannot_fail(pst.BinaryOp("eq", left, right)) else None
    literals = (pst.BoolLit, pst.LongLit, pst.StringLit, pst.EntityLit)
    return False if isinstance(left, literals) and isinstance(right, literals) else None
