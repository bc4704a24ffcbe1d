"""The clients of docs/integrate.md, taken from that page and run as whoever copies them does."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from tests.support.documents import ROOT, text_of

DOCUMENT: Final = ROOT / "docs" / "integrate.md"
COMPILE_TIMEOUT_S = 240
_FILE = re.compile(
    r"^<!-- file: (?P<name>[\w.]+) -->\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_PROJECT = """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup>
<OutputType>Exe</OutputType><TargetFramework>net{}.0</TargetFramework>
</PropertyGroup></Project>"""


@dataclass(frozen=True)
class Client:
    """One client: its file, what else it needs, and how it is started."""

    file: str
    needs: tuple[str, ...]
    prepare: Callable[[Path], tuple[str, ...]]
    """Make the file ready to run; return the command, to which the arguments are added."""


def files(document: Path = DOCUMENT) -> dict[str, str]:
    """Return the files that a document holds, by name."""
    return {found["name"]: found["text"] for found in _FILE.finditer(text_of(document))}


def command(name: str, folder: Path, changes: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Write a client into a folder; return the command that asks with it.

    The command wants the variables `URL` and `KEY`, and takes a question and perhaps a thread.
    `changes` puts other values in the place of constants: `{"TRY_S = 35.0": "TRY_S = 1.0"}`.
    """
    client = CLIENTS[name]
    for program in client.needs:
        if shutil.which(program) is None:
            pytest.skip(f"this machine has no {program}")
    text = files()[client.file]
    for old, new in (changes or {}).items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / client.file
    path.write_text(text, encoding="utf-8")
    return client.prepare(path)


def lines_of_curl(document: Path = DOCUMENT) -> list[str]:
    """Return the commands of one line that a document has for curl."""
    return re.findall(r"^    (curl .*)$", text_of(document), re.MULTILINE)


def _compiled(source: Path) -> tuple[str, ...]:
    if shutil.which("dotnet"):
        return _with_dotnet(source)
    if shutil.which("mcs") and shutil.which("mono"):
        return _with_mono(source)
    pytest.skip("this machine has no C# compiler: neither dotnet nor mcs")


def _with_dotnet(source: Path) -> tuple[str, ...]:
    version = _built("dotnet", "--version", folder=source.parent).partition(".")[0]
    (source.parent / "Ask.csproj").write_text(_PROJECT.format(version), encoding="utf-8")
    _built("dotnet", "build", "--output", "built", "--nologo", folder=source.parent)
    return "dotnet", str(source.parent / "built" / "Ask.dll")


def _with_mono(source: Path) -> tuple[str, ...]:
    libraries = ("-r:System.Net.Http", "-r:System.Runtime.Serialization")
    _built("mcs", "-warnaserror", *libraries, source.name, folder=source.parent)
    return "mono", str(source.with_suffix(".exe"))


def _built(*arguments: str, folder: Path) -> str:
    done = subprocess.run(
        arguments,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=COMPILE_TIMEOUT_S,
        check=False,
    )
    if "error CS0006" in done.stdout:  # Debian has Mono's libraries in packages of their own
        pytest.skip(f"the C# compiler of this machine lacks a library: {done.stdout}")
    assert done.returncode == 0, done.stdout
    return done.stdout


CLIENTS: Final = {
    "python": Client("ask.py", (), lambda path: (sys.executable, str(path))),
    "node": Client("ask.mjs", ("node",), lambda path: ("node", str(path))),
    "csharp": Client("Ask.cs", (), _compiled),
    "curl": Client("ask.sh", ("bash", "curl", "jq"), lambda path: ("bash", str(path))),
}
