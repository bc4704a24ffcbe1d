"""Build the index of a question-and-answer file: `python -m faq.build_index [CSV]`.

Without arguments: the file and the folder that ship with the agent. With another file in their
place the agent answers from that. Bad rows are named by line and end the build, unless
`--skip-bad`.

Exit codes: 0 built; 2 wrong usage; 3 the file or rows of it cannot be used; 4 the embedding model
cannot.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from faq import csv_loader, index
from faq.errors import BadRows, FaqError, FileRejected
from faq.knowledge import INDEX_FOLDER
from minilm import weights
from minilm.embedding import Embedder

LAUKI_CSV = Path(__file__).parent / "data" / "lauki_qna.csv"
REJECTED, NO_MODEL = 3, 4


def main(argv: Sequence[str] | None = None) -> int:
    """Build, say what was built or what is wrong, and return the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        _build(arguments.csv, arguments.out, skip_bad=arguments.skip_bad)
    except FaqError as error:
        print(_described(error), file=sys.stderr)
        return REJECTED if isinstance(error, FileRejected) else NO_MODEL
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m faq.build_index", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("csv", nargs="?", type=Path, default=LAUKI_CSV, help="question,answer rows")
    parser.add_argument("--out", type=Path, default=INDEX_FOLDER, help="folder to write into")
    parser.add_argument("--skip-bad", action="store_true", help="leave bad rows out")
    return parser


def _build(path: Path, folder: Path, *, skip_bad: bool) -> None:
    loaded = csv_loader.load(path, skip_bad=skip_bad)
    weights.verify(weights.installed())
    index.build(loaded.entries, Embedder()).save(folder)
    for row in loaded.skipped:
        print(f"skipped {path.name}, {row}", file=sys.stderr)
    print(f"{len(loaded.entries)} entries of {path.name} in {folder}")


def _described(error: FaqError) -> str:
    if isinstance(error, BadRows):
        return "\n".join(["nothing was built:", *(f"  {row}" for row in error.rows)])
    return f"nothing was built: {error}"


if __name__ == "__main__":
    sys.exit(main())
