from typing import Final

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from localcloud.agentcore.memory.records.index import FIRST_ROWS, Index
from minilm.weights import WIDTH, Floats

SEED: Final = 7


def vector(number: int) -> Floats:
    drawn = np.random.default_rng(SEED + number).normal(size=WIDTH).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def anywhere(_namespace: str | None, _strategy_id: str | None) -> bool:
    return True


def test_the_nearest_comes_first_with_its_cosine() -> None:
    index = Index()
    for number in range(3 * FIRST_ROWS):
        index.put(f"r-{number}", ("/a/", None), vector(number))
    found = list(index.nearest(vector(5), anywhere))
    assert len(found) == len(index) == 3 * FIRST_ROWS
    assert found[0][0] == "r-5"
    assert found[0][1] == pytest.approx(1)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)


@pytest.mark.parametrize("own", [2, 150])
def test_only_wanted_shelves_are_searched_be_they_few_or_many(own: int) -> None:
    index = Index()
    for number in range(200):
        index.put(f"r-{number}", ("/a/" if number < own else "/b/", "s"), vector(number))
    found = dict(index.nearest(vector(0), lambda namespace, _: namespace == "/a/"))
    assert found.keys() == {f"r-{number}" for number in range(own)}
    assert found["r-1"] == pytest.approx(float(vector(0) @ vector(1)), abs=1e-6)


def test_a_record_can_change_its_shelf_and_keep_its_vector() -> None:
    index = Index()
    index.put("r", ("/a/", None), vector(1))
    index.put("r", ("/b/", None), None)
    assert list(index.nearest(vector(1), lambda namespace, _: namespace == "/a/")) == []
    ((record_id, score),) = index.nearest(vector(1), lambda namespace, _: namespace == "/b/")
    assert record_id == "r"
    assert score == pytest.approx(1)


@settings(max_examples=50, deadline=None)
@given(some.lists(some.tuples(some.booleans(), some.integers(0, 9)), max_size=60))
def test_puts_and_drops_leave_what_a_dictionary_would_hold(
    steps: list[tuple[bool, int]],
) -> None:
    index, expected = Index(), dict[str, int]()
    for puts, number in steps:
        if puts:
            index.put(f"r-{number}", (None, None), vector(number))
            expected[f"r-{number}"] = number
        else:
            index.drop(f"r-{number}")
            expected.pop(f"r-{number}", None)
    query = vector(99)
    found = dict(index.nearest(query, anywhere))
    assert found.keys() == expected.keys()
    for record_id, number in expected.items():
        assert found[record_id] == pytest.approx(float(vector(number) @ query), abs=1e-6)
