"""Zip the agent `sam build` built, once, and have the built template name the archive, as JSON.

    python -m scripts.pack

`sam deploy` zips the folder of a function anew at every deploy, changed or not; the agent's has
230 MB, which takes it seconds. An archive it uploads as it is, unless the bucket has it already.
And it reads templates ten times, with the slowest of parsers, unless they are JSON.
Without this step all works the same, more slowly.
"""

import compileall
import hashlib
import json
import py_compile
import re
import stat
import sys
import zipfile
from pathlib import Path
from typing import Any

import yaml

BUILD = Path(".aws-sam/build")
ARCHIVES = Path(".aws-sam/archives")
"""Beside the build, which `sam build` clears."""
TEMPLATE = "template.yaml"
FUNCTION = "FaqAgentFunction"

CODE_ON_AWS = "/var/task"
BYTECODE = "__pycache__"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest a ZIP can say: the same files make the same archive, whenever they were built."""
MAX_UNZIPPED_BYTES = 262_144_000
"""Lambda's limit for a function, 250 MB (Lambda quotas). A laptop has none, so it is only told."""
LEFT_OUT = re.compile(r"/tests/|^zstandard/_cffi\.")
"""What nobody imports, of what the libraries bring: their tests, and zstandard for PyPy. Without
bytecode, which is not made without this program either, there is room for it."""
COMPRESSION_LEVEL = 1
"""Of 9. The usual 6 takes twice as long, to make it 8 % smaller."""


def main() -> int:
    """Pack; return the exit status."""
    folder = BUILD / FUNCTION
    if not folder.is_dir():
        print(f"{folder} is not built", file=sys.stderr)
        return 1
    archive = packed(folder, ARCHIVES)
    if (size_bytes := unzipped_bytes(archive)) > MAX_UNZIPPED_BYTES:
        print(f"{FUNCTION}: {size_bytes:,} bytes unzipped are too much for Lambda", file=sys.stderr)
    rewrite(BUILD, f"../archives/{archive.name}")
    return 0


def packed(folder: Path, archives: Path) -> Path:
    """Return the archive of a folder, made unless it is there; earlier ones are removed."""
    archive = archives / f"{folder.name}-{digest(folder)}.zip"
    if not archive.exists():
        archives.mkdir(parents=True, exist_ok=True)
        for earlier in archives.glob(f"{folder.name}-*"):
            earlier.unlink()
        unfinished = archive.with_suffix(".new")
        compile_modules(folder)
        write_zip(folder, unfinished)
        unfinished.replace(archive)
    return archive


def compile_modules(folder: Path) -> None:
    """Write the bytecode of a folder's modules, or each session would compile them anew.

    It is never compared with its source, and says it came from where the code is on AWS: the same
    sources make the same files.
    """
    compileall.compile_dir(
        folder,
        quiet=2,  # some packages carry files for other versions of Python
        rx=re.compile(r"/tests/"),  # which nobody imports
        workers=0,
        stripdir=str(folder),
        prependdir=CODE_ON_AWS,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def digest(folder: Path) -> str:
    """Return a name for what is in a folder: 16 hexadecimal digits of names, modes, contents.

    Bytecode does not count: it follows from the rest, and may not be there yet.
    """
    found = hashlib.sha256()
    for path in files(folder):
        if BYTECODE in path.parts:
            continue
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(folder).as_posix()} {mode(path):o} {content}\n".encode())
    return found.hexdigest()[:16]


def write_zip(folder: Path, archive: Path) -> None:
    """Write a folder's files into an archive that depends on nothing else."""
    with zipfile.ZipFile(archive, "w") as target:
        for path in files(folder):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), EPOCH)
            entry.create_system = 3  # Unix: the mode counts
            entry.external_attr = (stat.S_IFREG | mode(path)) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, path.read_bytes(), compresslevel=COMPRESSION_LEVEL)


def unzipped_bytes(archive: Path) -> int:
    """Return how much is in an archive."""
    with zipfile.ZipFile(archive) as found:
        return sum(entry.file_size for entry in found.infolist())


def files(folder: Path) -> list[Path]:
    """Return the files of a folder that go into its archive, in order."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return sorted(
        path for path in found if not LEFT_OUT.search(path.relative_to(folder).as_posix())
    )


def mode(path: Path) -> int:
    """Return 755 or 644: for all to read, whatever this machine's umask is."""
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def rewrite(build: Path, archive: str) -> None:
    """Make an archive the code of the agent's function, and JSON of all built templates.

    Raises:
        LookupError: the function's code is not where `sam build` puts it.
    """
    for path in (build / TEMPLATE, *build.glob(f"*/{TEMPLATE}")):
        template = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        if path.parent == build:
            point(template, FUNCTION, archive)
        path.write_text(json.dumps(template, indent=2), encoding="utf-8")


def point(template: dict[str, Any], function: str, archive: str) -> None:
    """Make an archive the code of a function of a built template.

    Raises:
        LookupError: its code is not where `sam build` puts it.
    """
    properties = template["Resources"].get(function, {}).get("Properties", {})
    if properties.get("CodeUri") != function:
        raise LookupError(f"{function} has not {function} for its code")
    properties["CodeUri"] = archive


if __name__ == "__main__":
    sys.exit(main())
