"""The ranking, over tools and queries whose vectors are made up."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.agentcore.gateway.search.index import SHORTLIST, Shares, ToolIndex
from localcloud.agentcore.gateway.search.shelf import Packed
from minilm.embedding import Reading

WIDTH = 384
WORDS = ("invoice", "ticket", "user", "report", "get", "create", "list", "delete", "bill", "person")


def vector(seed: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    made = np.random.default_rng(seed).normal(size=WIDTH).astype(np.float32)
    return made / np.linalg.norm(made)


def reading(words: Sequence[str]) -> Reading:
    """Read words as a model would to which none is like another."""
    ids = tuple(WORDS.index(word) for word in words)
    tokens = np.array([vector(id_) for id_ in ids], dtype=np.float32).reshape(-1, WIDTH)
    whole = tokens.sum(axis=0) + vector(99)
    return Reading(ids, whole / np.linalg.norm(whole), tokens)


def query(*words: str) -> Reading:
    return reading(words)


def index_of(tools: dict[str, list[str]], shares: Shares | None = None) -> ToolIndex:
    return ToolIndex(list(tools), [Packed.of(reading(words)) for words in tools.values()], shares)


def names(tools: dict[str, list[str]], asked: Reading, **options: frozenset[str]) -> list[str]:
    places = index_of(tools).best(asked, visible=options.get("visible"), count=10)
    return [list(tools)[place] for place in places]


TOOLS = {
    "A___create_invoice": ["create", "invoice"],
    "A___get_invoice": ["get", "invoice"],
    "B___create_ticket": ["create", "ticket"],
    "B___get_ticket": ["get", "ticket"],
}


@pytest.mark.parametrize(
    "shares",
    [Shares(whole=0), Shares(tokens=0), Shares()],
    ids=["tokens", "whole", "both"],
)
def test_each_likeness_alone_finds_the_tool_that_has_it_all(shares: Shares) -> None:
    index = index_of(TOOLS, shares)
    assert index.best(query("get", "ticket"), visible=None, count=1) == [3]


def test_equals_come_in_the_gateways_order() -> None:
    tools = {f"T___get_{number}": ["get", "user"] for number in range(5)}
    assert index_of(tools).best(query("user"), visible=None, count=3) == [0, 1, 2]


@pytest.mark.fidelity("gateway.search-visible")
def test_tools_that_are_not_visible_take_no_place() -> None:
    best = {f"Hidden___get_{number}": ["get", "invoice"] for number in range(100)}
    seen = frozenset({"A___get_invoice", "B___create_ticket"})
    assert len(best) > SHORTLIST
    assert names(best | TOOLS, query("get", "invoice"), visible=seen) == [
        "A___get_invoice",
        "B___create_ticket",
    ]


@pytest.mark.fidelity("gateway.search-visible")
@pytest.mark.parametrize("visible", [frozenset[str](), frozenset({"Nobody___tool"})])
def test_who_may_call_nothing_finds_nothing(visible: frozenset[str]) -> None:
    assert names(TOOLS, query("get", "invoice"), visible=visible) == []


texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)


@pytest.mark.fidelity("gateway.search-visible")
@given(
    tools=st.dictionaries(st.sampled_from([f"T___{word}" for word in WORDS]), texts, min_size=1),
    asked=st.lists(st.sampled_from(WORDS), max_size=4),
    data=st.data(),
)
def test_a_hidden_tool_has_no_part_in_the_order_of_the_rest(
    tools: dict[str, list[str]], asked: list[str], data: st.DataObject
) -> None:
    visible = frozenset(data.draw(st.sets(st.sampled_from(sorted(tools)))))
    rest = {name: words for name, words in tools.items() if name in visible}
    assert names(tools, query(*asked), visible=visible) == names(rest, query(*asked))


def test_without_tools_nothing_is_found() -> None:
    assert ToolIndex([], []).best(query("user"), visible=None, count=10) == []
