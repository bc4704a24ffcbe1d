"""Make the archive that AgentCore Runtime takes of an agent in examples/.

    python -m scripts.pack_example strands [--laptop]

It has the agent, what of agent/ it needs, and its libraries: for linux/arm64, which AgentCore
Runtime runs, or with `--laptop` those of its environment, which `scripts/setup --examples` makes.
Entry point `main.py`, runtime PYTHON_3_12.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.pack import packed, unzipped_bytes

EXAMPLES = Path("examples")
PARTS = (EXAMPLES / "support_desk", Path("agent/assistant"), Path("agent/platform_memory"))
BUILD = Path(".local/examples")
UV = Path(".local/uv/bin/uv")
IGNORED = shutil.ignore_patterns("__pycache__")
ARM64 = ("--python-platform", "aarch64-manylinux_2_28")
MAX_ZIPPED_BYTES, MAX_UNZIPPED_BYTES = 262_144_000, 786_432_000
"""AgentCore Runtime's limits for code, 250 MB and 750 MB (AgentCore quotas)."""


def main() -> int:
    """Pack; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("framework", choices=("crewai", "strands"))
    parser.add_argument("--laptop", action="store_true", help="for the processor of this machine")
    asked = parser.parse_args()
    archive = pack(asked.framework, laptop=asked.laptop)
    zipped, unzipped = archive.stat().st_size, unzipped_bytes(archive)
    print(f"{archive}: {zipped / 2**20:.0f} MB, {unzipped / 2**20:.0f} MB unzipped")
    return 0 if zipped <= MAX_ZIPPED_BYTES and unzipped <= MAX_UNZIPPED_BYTES else 1


def pack(framework: str, *, laptop: bool) -> Path:
    """Return the archive of an example."""
    source = EXAMPLES / f"{framework}_support"
    folder = BUILD / f"{framework}-{'laptop' if laptop else 'arm64'}"
    shutil.rmtree(folder, ignore_errors=True)
    if laptop:
        libraries = Path(".local") / framework / "lib" / "python3.12" / "site-packages"
        shutil.copytree(libraries, folder, ignore=IGNORED, copy_function=os.link)
    else:
        fetch(source / "requirements.txt", folder)
    for part in (source, *PARTS):
        shutil.copytree(part, folder / part.name, ignore=IGNORED)
    shutil.copy(source / "main.py", folder)
    return packed(folder, BUILD / "archives")


def fetch(requirements: Path, folder: Path) -> None:
    """Put the libraries of a lock into a folder, as they are for AWS."""
    subprocess.run(  # noqa: S603 - ours
        [
            *(UV, "pip", "install", "--quiet", "--target", folder, "--python-version", "3.12"),
            *("--only-binary", ":all:", "--no-deps", "--require-hashes"),
            *("--requirements", requirements, *ARM64),
        ],
        check=True,
    )


if __name__ == "__main__":
    sys.exit(main())
