"""The project's documents: their links, and the commands in them that can be run.

A block that a test runs is marked on the line before it:

    <!-- run: laptop -->
    ```console
    $ a command of one line
    what it prints; … stands for anything, on a line of its own for any number of lines
    ```

`<!-- run: laptop, needs: curl -->` names a program that not every machine has.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ANYTHING = "…"
_BLOCK = re.compile(
    r"^<!-- run: laptop(?:, needs: (?P<needs>\w+))? -->\n```console\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """Commands that follow one another in one shell, and what each of them prints."""

    document: str
    line: int
    needs: str | None
    steps: tuple[tuple[str, tuple[str, ...]], ...]

    def script(self, marker: str) -> str:
        """Return the commands as a shell script that prints `marker` after each."""
        return "\n".join(f"{command}\nprintf '\\n%s\\n' '{marker}'" for command, _ in self.steps)


def documents() -> list[Path]:
    """Return every document, the decision records too."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text_of(document: Path) -> str:
    """Return what a document says."""
    return document.read_text(encoding="utf-8")


def blocks(document: Path) -> Iterator[Block]:
    """Yield the blocks of a document that are to be run."""
    text = text_of(document)
    for found in _BLOCK.finditer(text):
        yield Block(
            document=str(document.relative_to(ROOT)),
            line=text.count("\n", 0, found.start()) + 1,
            needs=found["needs"],
            steps=tuple(_steps(found["text"].splitlines())),
        )


def _steps(lines: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    assert starts[:1] == [0], "a block begins with a command"
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        yield lines[start].removeprefix("$ "), tuple(lines[start + 1 : end])


def shown(lines: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of what a command prints, as its block shows it."""
    parts = [r"(?:.*\n)*?" if line == ANYTHING else f"{_pattern(line)}[ \t]*\n" for line in lines]
    return re.compile(r"\n*" + "".join(parts) + r"\s*")


def _pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.split(ANYTHING))


def links(document: Path) -> Iterator[str]:
    """Yield the targets of a document's links, without those in code."""
    for found in _LINK.finditer(_FENCE.sub("", text_of(document))):
        yield found["target"]


def anchors(document: Path) -> set[str]:
    """Return the names that headings can be linked by, as GitHub makes them."""
    headings = (found["text"] for found in _HEADING.finditer(_FENCE.sub("", text_of(document))))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}
