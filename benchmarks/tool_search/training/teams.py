"""What the sentence model is taught with: the tools of many hundred teams, and requests.

`teams/` has them by walk of life, written for this. A team begins with `# ` and its target's name;
a tool is `name | description`; two requests follow as agents word them (`a: `), and two as persons
do (`p: `). See `sets` for the two kinds. No team is one of those that search is measured with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "teams"
TEAM, REQUESTS = "# ", ("a: ", "p: ")


@dataclass(frozen=True)
class Tool:
    """A tool, and what it is asked for with."""

    name: str
    description: str
    requests: tuple[str, ...]


@dataclass(frozen=True)
class Team:
    """A target, and its tools: neighbours, which are easily taken for one another."""

    name: str
    tools: tuple[Tool, ...]


def read(folder: Path = FOLDER) -> list[Team]:
    """Return the teams of all files.

    Raises:
        ValueError: a line is none of those above, or stands where it cannot.
    """
    return [team for path in sorted(folder.glob("*.txt")) for team in _teams(path)]


def _teams(path: Path) -> Iterator[Team]:
    lines = path.read_text(encoding="utf-8").splitlines()
    for block in _blocks(lines, lambda line: line.startswith(TEAM)):
        yield Team(block[0].removeprefix(TEAM), tuple(_tools(block[1:])))


def _tools(lines: Sequence[str]) -> Iterator[Tool]:
    for name, *requests in _blocks(lines, lambda line: not line.startswith(REQUESTS)):
        tool, separator, description = name.partition(" | ")
        if not separator:
            raise ValueError(f"not a tool: {name!r}")
        yield Tool(tool, description, tuple(one.partition(" ")[2] for one in requests))


def _blocks(lines: Iterable[str], begins: Callable[[str], bool]) -> Iterator[list[str]]:
    """Cut lines before each that begins a block; empty ones are left out."""
    block: list[str] = []
    for line in filter(None, lines):
        if block and begins(line):
            yield block
            block = []
        block.append(line)
    if block:
        yield block
