"""Run docs/tutorial.md: its blocks of Python, in their order, as one script.

    python -m scripts.tutorial

What a block does not get to do, because one before it fails, is left to the reader to remove.
"""

import re
from pathlib import Path

DOCUMENT = Path(__file__).parents[1] / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def program(text: str) -> str:
    """Return the blocks of a document as a program whose lines have the document's numbers."""
    lines = [""] * (text.count("\n") + 1)
    for block in _BLOCK.finditer(text):
        first = text.count("\n", 0, block.start(1))
        for place, line in enumerate(block[1].splitlines(), start=first):
            lines[place] = line
    return "\n".join(lines)


if __name__ == "__main__":
    code = compile(program(DOCUMENT.read_text(encoding="utf-8")), str(DOCUMENT), "exec")
    exec(code, {"__name__": "__main__"})  # noqa: S102 - that is what it is for
