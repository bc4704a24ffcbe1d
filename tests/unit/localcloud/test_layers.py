import io
import zipfile
from pathlib import Path

import pytest

from localcloud.engine.layers import Layers


def archive(text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as files:
        files.writestr("python/library.py", text)
    return content.getvalue()


def test_an_archive_is_unpacked_once_for_all(tmp_path: Path) -> None:
    layers = Layers(tmp_path)

    first = layers.unpacked(archive("one = 1"))
    (first / "mark").touch()
    second = layers.unpacked(archive("one = 1"))

    assert (second / "python" / "library.py").read_text("utf-8") == "one = 1"
    assert (second / "mark").exists()


def test_another_archive_has_a_folder_of_its_own(tmp_path: Path) -> None:
    layers = Layers(tmp_path)

    assert layers.unpacked(archive("a = 1")) != layers.unpacked(archive("a = 2"))
    assert len(list(tmp_path.iterdir())) == 2


def test_what_is_no_archive_leaves_nothing_that_passes_for_one(tmp_path: Path) -> None:
    with pytest.raises(zipfile.BadZipFile):
        Layers(tmp_path).unpacked(b"nonsense")

    with pytest.raises(zipfile.BadZipFile):
        Layers(tmp_path).unpacked(b"nonsense")
