"""What was read is kept, as much as may be."""

from collections.abc import Sequence

import numpy as np
import pytest

from localcloud.agentcore.gateway.search.reading import MAX_KEPT_QUERY, Reader
from localcloud.agentcore.gateway.search.shelf import TOKEN_SCALE
from minilm.embedding import Embedder, Reading


class Counting:
    """A model that counts."""

    def __init__(self) -> None:
        self.read_texts: list[str] = []

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.read_texts.extend(texts)
        tokens = np.eye(384, dtype=np.float32)[:2]
        return [Reading((1, 2), tokens[0], tokens) for _ in texts]


async def test_the_tools_used_last_are_kept_and_no_more_than_so_many() -> None:
    model = Counting()
    reader = Reader(model, kept_tools=2)
    for names in (["a", "b"], ["a", "c"], ["a", "c"], ["b"]):
        assert len(await reader.tools(names)) == len(names)
    assert model.read_texts == ["a", "b", "c", "b"]


async def test_more_tools_than_are_kept_can_be_read_at_once() -> None:
    model = Counting()
    reader = Reader(model, kept_tools=2)
    names = [f"tool {number % 70}" for number in range(100)]
    assert len(await reader.tools(names)) == 100
    assert len(model.read_texts) == 70


@pytest.mark.parametrize(("query", "times"), [("short", 1), ("x" * (MAX_KEPT_QUERY + 1), 2)])
def test_a_query_is_read_once_unless_it_is_too_long_to_keep(query: str, times: int) -> None:
    model = Counting()
    reader = Reader(model)
    assert reader.query(query).ids == reader.query(query).ids
    assert len(model.read_texts) == times


async def test_tokens_in_a_byte_each_are_close_to_the_models() -> None:
    model = Embedder()
    (tool,) = await Reader(model).tools(["cancel the order of a customer"])
    (reading,) = model.read(["cancel the order of a customer"])
    assert tool.ids == reading.ids
    cosines = (tool.tokens * TOKEN_SCALE) @ reading.tokens.T
    assert np.diagonal(cosines) == pytest.approx(1, abs=0.01)
