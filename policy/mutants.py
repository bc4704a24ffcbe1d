"""Change policies a little, to see whether the table notices.

A mutant is the set of policies with one change: a policy gone, its effect turned round, its
action list without one of them or open to any, or one side of an `&&` or `||`, or a whole clause,
left out. A change that no case notices is one that nobody would notice.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from cedarpy import pst

from policy.model import Policy
from policy.statement import check_statement
from policy.trees import handle, parts, rewritten


@dataclass(frozen=True)
class Mutant:
    """One change: in which policy, which, and the whole set with it."""

    policy: str
    change: str
    policies: tuple[Policy, ...]


def mutants(policies: Sequence[Policy]) -> Iterator[Mutant]:
    """Yield every mutant of a set of policies."""
    for policy in policies:
        others = tuple(each for each in policies if each is not policy)
        yield Mutant(policy.name, "without it", others)
        node = check_statement(policy.statement).node
        for change, changed in _changes(node):
            text = str(handle({policy.policy_id: changed}))
            yield Mutant(policy.name, change, (*others, replace(policy, statement=text)))


def _changes(node: pst.Template) -> Iterator[tuple[str, pst.Template]]:
    other: pst.Effect = "forbid" if node.effect == "permit" else "permit"
    yield f"{other} in place of {node.effect}", replace(node, effect=other)
    yield from _actions(node)
    yield from _clauses(node)
    yield from _conditions(node)


def _actions(node: pst.Template) -> Iterator[tuple[str, pst.Template]]:
    if not isinstance(node.action, pst.ScopeAny):
        yield "any action", replace(node, action=pst.ScopeAny())
    if isinstance(node.action, pst.ActionIn) and len(node.action.entities) > 1:
        for index, entity in enumerate(node.action.entities):
            fewer = pst.ActionIn(_without(node.action.entities, index))
            yield f"without action {entity.id}", replace(node, action=fewer)


def _clauses(node: pst.Template) -> Iterator[tuple[str, pst.Template]]:
    for index, clause in enumerate(node.clauses):
        kind = "when" if isinstance(clause, pst.When) else "unless"
        shorter = replace(node, clauses=_without(node.clauses, index))
        yield f"without `{kind}` {index + 1}", shorter


def _conditions(node: pst.Template) -> Iterator[tuple[str, pst.Template]]:
    for each in parts(node.clauses):
        match each:
            case pst.BinaryOp("and" | "or" as op, left, right):
                sign = "&&" if op == "and" else "||"
                yield f"without what stands before {sign} {_short(right)}", _with(node, each, right)
                yield f"without {sign} {_short(right)}", _with(node, each, left)
            case pst.Set(elements) if len(elements) > 1:
                for index, element in enumerate(elements):
                    fewer = pst.Set(_without(elements, index))
                    yield f"without {_short(element)}", _with(node, each, fewer)


def _with(node: pst.Template, old: object, new: object) -> pst.Template:
    """Return a policy with one node replaced: that very one, not those like it."""
    change: Callable[[object], object] = lambda each: new if each is old else each  # noqa: E731
    return rewritten(node, change)


def _without[T](items: tuple[T, ...], index: int) -> tuple[T, ...]:
    return (*items[:index], *items[index + 1 :])


def _short(expr: pst.Expr) -> str:
    """Show an expression as Cedar writes it."""
    shown = pst.Template(
        "p", "permit", pst.ScopeAny(), pst.ScopeAny(), pst.ScopeAny(), (pst.When(expr),), {}
    )
    text = str(handle({"p": shown}))
    return text[text.index("{") + 1 : text.rindex("}")].strip()
