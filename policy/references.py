"""Which tags and arguments policies mention: what a decision log has to keep, and no more."""

from collections.abc import Iterator, Mapping, Sequence

from cedarpy import pst

from policy.model import References
from policy.trees import CONTEXT, INPUT, children, parts
from policy.types import RecordOf

type Mentions = frozenset[str | None]
"""Names; None stands for one that is computed, or for all of them."""


def references(
    policies_by_tool: Mapping[str, Sequence[pst.Template]], inputs: Mapping[str, RecordOf]
) -> References:
    """Return what policies mention, given those that are about each tool and its arguments.

    Arguments that a tool does not declare are left out: no call has them.
    """
    nodes = {id(node): node for nodes in policies_by_tool.values() for node in nodes}
    tags = frozenset(tag for node in nodes.values() for tag in mentioned_tags(node))
    mentions = {key: found for key, node in nodes.items() if (found := mentioned_inputs(node))}
    return References(
        tags=frozenset(tag for tag in tags if tag is not None),
        inputs={
            tool: _declared(
                inputs[tool], {mentions[id(node)] for node in about if id(node) in mentions}
            )
            for tool, about in policies_by_tool.items()
        },
        every_tag=None in tags,
    )


def mentioned_tags(node: pst.Template) -> Mentions:
    """Return the tags a policy mentions."""
    return frozenset(
        each.right.value if isinstance(each.right, pst.StringLit) else None
        for each in parts(node.clauses)
        if isinstance(each, pst.BinaryOp) and each.op in ("has_tag", "get_tag")
    )


def mentioned_inputs(node: pst.Template) -> Mentions:
    """Return the members of `context.input` a policy mentions."""
    return frozenset(_inputs(node.clauses))


def _declared(input_: RecordOf, mentions: set[Mentions]) -> frozenset[str]:
    names = frozenset[str | None]().union(*mentions)
    return frozenset(n for n in input_.members if None in names or n in names)


def _inputs(node: object) -> Iterator[str | None]:
    match node:
        case pst.GetAttr(base, name) if base == INPUT:
            yield name
        case pst.HasAttr(base, (name, *_)) if base == INPUT:
            yield name
        case pst.HasAttr(base, ("input", name, *_)) if base == CONTEXT:
            yield name
        case pst.HasAttr(base, _) if base == CONTEXT:
            return
        case pst.GetAttr(base, name) if base == CONTEXT and name != "input":
            return
        case pst.Var("context"):
            yield None
        case _:
            for child in children(node):
                yield from _inputs(child)
