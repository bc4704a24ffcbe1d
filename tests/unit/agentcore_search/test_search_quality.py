"""How well tools are found, as a floor, and the sets of questions it is measured with.

The floors are below what the sets gave that were chosen with; the frozen set is asked by
`make bench` alone.
"""

from collections import Counter
from itertools import combinations

import pytest

from benchmarks.tool_search import quality, sets
from benchmarks.tool_search.retrievers import Bm25, Ours, PlainMiniLM
from localcloud.agentcore.gateway.search.model import tool_model
from minilm.embedding import Embedder

type Ranks = dict[tuple[str, str], list[int | None]]

FLOORS = {
    (sets.TUNING, sets.AGENT): (0.82, 0.94, 0.98),
    (sets.TUNING, sets.PERSON): (0.71, 0.88, 0.96),
    (sets.DEVELOPMENT, sets.AGENT): (0.62, 0.85, 0.94),
    (sets.DEVELOPMENT, sets.PERSON): (0.48, 0.66, 0.80),
}
"""hit@1, hit@3 and hit@10."""


@pytest.fixture(scope="module")
def model() -> Embedder:
    return Embedder()


@pytest.fixture(scope="module")
def ours(model: Embedder) -> Ranks:
    """Return the ranks of our answers, by set and kind of question."""
    found: Ranks = {}
    for name in (sets.TUNING, sets.DEVELOPMENT):
        asked = sets.read(name)
        search = Ours(asked.tools, tool_model(model))
        found |= {(name, kind): quality.ranks(search, asked, kind) for kind in sets.KINDS}
    return found


@pytest.mark.parametrize("asked", FLOORS, ids=" ".join)
def test_tools_are_found_at_least_so_well(ours: Ranks, asked: tuple[str, str]) -> None:
    hits = [quality.hit_at(ours[asked], k) for k in (1, 3, 10)]
    assert all(hit >= floor for hit, floor in zip(hits, FLOORS[asked], strict=True)), hits


def test_they_are_found_better_than_by_one_vector_or_by_words(ours: Ranks, model: Embedder) -> None:
    asked = sets.read(sets.TUNING)
    rank = quality.mean_reciprocal_rank(ours[sets.TUNING, sets.AGENT])
    for other in (PlainMiniLM(asked.tools, model), Bm25(asked.tools)):
        others = quality.ranks(other, asked, sets.AGENT)
        assert rank > quality.mean_reciprocal_rank(others) + 0.05


@pytest.mark.parametrize(
    ("name", "tools", "each"),
    [("frozen", 150, 150), ("development", 120, 100), ("tuning", 100, 60)],
)
def test_a_set_asks_each_tool_once_in_each_kind(name: str, tools: int, each: int) -> None:
    asked = sets.read(name)
    names = [tool.name for tool in asked.tools]
    assert len(set(names)) == len(names) >= tools
    for kind in sets.KINDS:
        needed = Counter(one.tool for one in asked.questions if one.kind == kind)
        assert len(needed) >= each
        assert set(needed.values()) == {1}
        assert needed.keys() <= set(names)


def test_no_question_and_no_tool_is_in_two_sets() -> None:
    for one, other in combinations(map(sets.read, sets.ALL), 2):
        asked = {each.query.casefold() for each in one.questions}
        assert asked.isdisjoint(each.query.casefold() for each in other.questions)
        assert {tool.name for tool in one.tools}.isdisjoint(tool.name for tool in other.tools)


def test_hits_and_ranks_are_counted_over_all_questions() -> None:
    assert quality.hit_at([1, 3, None, 4], 3) == 0.5
    assert quality.mean_reciprocal_rank([1, 2, None]) == pytest.approx(0.5)
