"""How well tools are found, as a floor, and the sets of questions it is measured with.

The floors are below what the tuning set gave when scoring was chosen; the frozen set is asked by
`make bench` alone.
"""

from collections import Counter
from collections.abc import Mapping

import pytest

from benchmarks.tool_search import quality, sets
from benchmarks.tool_search.retrievers import Bm25, Ours, PlainMiniLM
from minilm.embedding import Embedder

FLOORS = {sets.AGENT: (0.74, 0.88, 0.98), sets.PERSON: (0.44, 0.64, 0.86)}
"""hit@1, hit@3 and hit@10."""


@pytest.fixture(scope="module")
def model() -> Embedder:
    return Embedder()


@pytest.fixture(scope="module")
def ours(model: Embedder) -> Mapping[str, list[int | None]]:
    """Return the ranks of our answers, by kind of question."""
    asked = sets.read(sets.TUNING)
    search = Ours(asked.tools, model)
    return {kind: quality.ranks(search, asked, kind) for kind in sets.KINDS}


@pytest.mark.parametrize("kind", sets.KINDS)
def test_tools_are_found_at_least_so_well(ours: Mapping[str, list[int | None]], kind: str) -> None:
    hits = [quality.hit_at(ours[kind], k) for k in (1, 3, 10)]
    assert all(hit >= floor for hit, floor in zip(hits, FLOORS[kind], strict=True)), hits


def test_they_are_found_better_than_by_one_vector_or_by_words(
    ours: Mapping[str, list[int | None]], model: Embedder
) -> None:
    asked = sets.read(sets.TUNING)
    rank = quality.mean_reciprocal_rank(ours[sets.AGENT])
    for other in (PlainMiniLM(asked.tools, model), Bm25(asked.tools)):
        others = quality.ranks(other, asked, sets.AGENT)
        assert rank > quality.mean_reciprocal_rank(others) + 0.05


@pytest.mark.parametrize(("name", "tools", "each"), [("frozen", 150, 150), ("tuning", 100, 60)])
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
    frozen, tuning = sets.read(sets.FROZEN), sets.read(sets.TUNING)
    asked = [{one.query.casefold() for one in each.questions} for each in (frozen, tuning)]
    assert asked[0].isdisjoint(asked[1])
    assert {tool.name for tool in frozen.tools}.isdisjoint(tool.name for tool in tuning.tools)


def test_hits_and_ranks_are_counted_over_all_questions() -> None:
    assert quality.hit_at([1, 3, None, 4], 3) == 0.5
    assert quality.mean_reciprocal_rank([1, 2, None]) == pytest.approx(0.5)
