"""The archive of the agent: made once, the same for the same files, and uploaded as it is."""

import json
import os
import zipfile
from pathlib import Path

import pytest
import yaml

from scripts.pack import FUNCTION, packed, point, rewrite, unzipped_bytes

BYTECODE = "__pycache__/main.cpython-312.pyc"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "build" / "Agent"
    (folder / "faq").mkdir(parents=True)
    (folder / "main.py").write_text("print('hello')\n")
    (folder / "faq" / "tool").write_text("#!/bin/sh\n")
    (folder / "faq" / "tool").chmod(0o700)
    return folder


def test_an_archive_holds_every_file_and_who_may_run_it(built: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(packed(built, tmp_path / "archives")) as archive:
        modes = {one.filename: (one.external_attr >> 16) & 0o777 for one in archive.infolist()}
        assert modes == {"faq/tool": 0o755, "main.py": 0o644, BYTECODE: 0o644}
        assert archive.read("main.py") == b"print('hello')\n"


def test_what_nobody_imports_stays_out(built: Path, tmp_path: Path) -> None:
    for name in ("numpy/tests/test_all.py", "zstandard/_cffi.cpython-312-x86_64-linux-gnu.so"):
        (built / name).parent.mkdir(parents=True)
        (built / name).touch()
    (built / "zstandard" / "backend_c.so").touch()
    with zipfile.ZipFile(packed(built, tmp_path / "archives")) as archive:
        names = {one for one in archive.namelist() if one.startswith(("numpy", "zstandard"))}
    assert names == {"zstandard/backend_c.so"}


def test_modules_come_with_bytecode_that_names_no_folder_of_this_machine(
    built: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(packed(built, tmp_path / "archives")) as archive:
        bytecode = archive.read(BYTECODE)
    assert b"/var/task/main.py" in bytecode
    assert str(tmp_path).encode() not in bytecode


def test_the_same_files_make_the_same_archive_whenever_they_were_built(
    built: Path, tmp_path: Path
) -> None:
    first = packed(built, tmp_path / "one")
    os.utime(built / "main.py", (1, 1))
    second = packed(built, tmp_path / "two")
    assert (first.name, first.read_bytes()) == (second.name, second.read_bytes())


def test_what_lambda_will_count_is_the_files_of_the_archive(built: Path, tmp_path: Path) -> None:
    archive = packed(built, tmp_path / "archives")
    on_disk = sum(path.stat().st_size for path in built.rglob("*") if path.is_file())
    assert unzipped_bytes(archive) == on_disk


def test_what_is_packed_is_not_packed_again(built: Path, tmp_path: Path) -> None:
    archive = packed(built, tmp_path / "archives")
    archive.write_bytes(b"kept")
    assert packed(built, tmp_path / "archives").read_bytes() == b"kept"


@pytest.mark.parametrize("change", ["content", "name", "mode"])
def test_whatever_changes_makes_another_archive_in_place_of_the_first(
    built: Path, tmp_path: Path, change: str
) -> None:
    first = packed(built, tmp_path / "archives")
    if change == "content":
        (built / "main.py").write_text("print('bye')\n")
    elif change == "name":
        (built / "main.py").rename(built / "start.py")
    else:
        (built / "main.py").chmod(0o755)
    second = packed(built, tmp_path / "archives")
    assert second.name != first.name
    assert list((tmp_path / "archives").iterdir()) == [second]


def test_templates_become_json_and_one_leads_to_the_archive(tmp_path: Path) -> None:
    outer = {"Resources": {FUNCTION: {"Properties": {"CodeUri": FUNCTION, "Timeout": 3}}}}
    inner = {
        "Version": "2012-10-17",
        "Resources": {FUNCTION: {"Properties": {"CodeUri": FUNCTION}}},
    }
    (tmp_path / "Inner").mkdir()
    places = {tmp_path / "template.yaml": outer, tmp_path / "Inner" / "template.yaml": inner}
    for path, template in places.items():
        path.write_text(yaml.safe_dump(template))
    rewrite(tmp_path, "../archives/a.zip")
    outer["Resources"][FUNCTION]["Properties"]["CodeUri"] = "../archives/a.zip"
    assert {path: json.loads(path.read_text()) for path in places} == places


def test_a_template_of_another_shape_is_an_error() -> None:
    with pytest.raises(LookupError, match=FUNCTION):
        point({"Resources": {}}, FUNCTION, "a.zip")
