import sys
from pathlib import Path

from localcloud.engine.blobs import Blobs


def test_a_value_is_kept_once_and_read_by_its_digest(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")

    assert blobs.keep(b"layer") == blobs.keep(b"layer")
    assert blobs.read(blobs.keep(b"layer")) == b"layer"
    assert len(list((tmp_path / "blobs").iterdir())) == 1


def test_what_the_last_snapshot_did_not_keep_is_forgotten(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    old = blobs.keep(b"old")
    blobs.begin()
    new = blobs.keep(b"new")
    assert blobs.read(old) == b"old"  # until the snapshot is saved

    blobs.forget_others()

    assert [path.name for path in tmp_path.iterdir()] == [new]


def test_a_value_that_two_snapshots_in_a_row_do_not_need_is_let_go_of(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    value = bytes(range(256))
    references = sys.getrefcount(value)
    blobs.keep(value)
    blobs.begin()
    blobs.begin()

    assert sys.getrefcount(value) == references
