"""Which tags and arguments policies mention: what a decision log has to keep, and no more."""

from collections.abc import Iterator, Mapping, Sequence

from cedarpy import pst

from policy.model import References
from policy.trees import CONTEXT, INPUT, children, parts
from policy.types import RecordOf


def references(
    policies_by_tool: Mapping[str, Sequence[pst.Template]], inputs: Mapping[str, RecordOf]
) -> References:
    """Return what policies mention, given those that are about each tool and its arguments."""
    nodes = {id(node): node for nodes in policies_by_tool.values() for node in nodes}.values()
    tags = [tag for node in nodes for tag in mentioned_tags(node)]
    return References(
        tags=frozenset(tag for tag in tags if tag is not None),
        inputs={
            tool: frozenset(name for node in nodes for name in mentioned_inputs(node, inputs[tool]))
            for tool, nodes in policies_by_tool.items()
        },
        every_tag=None in tags,
    )


def mentioned_tags(node: pst.Template) -> frozenset[str | None]:
    """Return the tags a policy mentions; None is one whose name it computes."""
    return frozenset(
        each.right.value if isinstance(each.right, pst.StringLit) else None
        for each in parts(node.clauses)
        if isinstance(each, pst.BinaryOp) and each.op in ("has_tag", "get_tag")
    )


def mentioned_inputs(node: pst.Template, input_: RecordOf) -> frozenset[str]:
    """Return the members of `context.input` a policy mentions: all if it takes it as a whole."""
    return frozenset(
        name
        for found in _inputs(node.clauses)
        for name in (input_.members if found is None else (found,))
    )


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
