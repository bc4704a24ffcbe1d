"""What was read of tools outlives the process, as long as it can be trusted."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from localcloud.agentcore.gateway.search import shelf as shelves
from localcloud.agentcore.gateway.search.reading import Reader
from localcloud.agentcore.gateway.search.shelf import Packed, Shelf
from minilm.embedding import Reading


class Counting:
    """A model that makes another vector of each text, and counts."""

    def __init__(self) -> None:
        self.read_texts: list[str] = []

    def read(self, texts: Sequence[str]) -> list[Reading]:
        self.read_texts.extend(texts)
        rows = np.eye(384, dtype=np.float32)
        return [Reading((1, len(text)), rows[len(text)], rows[1:3]) for text in texts]


async def test_another_process_reads_nothing_anew(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "tools.sqlite"
    first, second = Counting(), Counting()
    before = await Reader(first, Shelf(path, "model")).tools(["a", "bb", "a"])
    after = await Reader(second, Shelf(path, "model")).tools(["bb", "a", "ccc"])
    assert first.read_texts == ["a", "bb"]
    assert second.read_texts == ["ccc"]
    for one, other in ((before[0], after[1]), (before[1], after[0])):
        assert one.ids == other.ids
        assert np.array_equal(one.vector, other.vector)
        assert np.array_equal(one.tokens, other.tokens)


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 200])
async def test_a_file_that_is_damaged_is_done_without(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tools.sqlite"
    path.write_bytes(content)
    model = Counting()
    (tool,) = await Reader(model, Shelf(path, "model")).tools(["a"])
    assert tool.vector[1] == 1
    assert model.read_texts == ["a"]


def test_a_row_of_another_shape_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "tools.sqlite"
    shelf = Shelf(path, "model")
    (reading,) = Counting().read(["a"])
    shelf.keep({"a": Packed.of(reading)})
    assert shelf.find(["a"])
    with sqlite3.connect(path) as db:
        db.execute("UPDATE readings SET vector = x'00'")
    db.close()
    assert shelf.find(["a"]) == {}


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    shelf = Shelf(tmp_path / "cache" / "tools.sqlite", "model")
    (reading,) = Counting().read(["a"])
    shelf.keep({"a": Packed.of(reading)})
    assert shelf.find(["a"]) == {}


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "KEPT", 2)
    shelf = Shelf(tmp_path / "tools.sqlite", "model")
    names = ["a", "bb", "ccc"]
    for name, reading in zip(names, Counting().read(names), strict=True):
        shelf.keep({name: Packed.of(reading)})
    assert list(shelf.find(names)) == ["bb", "ccc"]


def test_what_another_model_read_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "tools.sqlite"
    (reading,) = Counting().read(["a"])
    Shelf(path, "one").keep({"a": Packed.of(reading)})
    assert Shelf(path, "another").find(["a"]) == {}


def test_no_text_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "tools.sqlite"
    (reading,) = Counting().read(["wire money to a supplier"])
    Shelf(path, "model").keep({"wire money to a supplier": Packed.of(reading)})
    assert b"supplier" not in path.read_bytes()
