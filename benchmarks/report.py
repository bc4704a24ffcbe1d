"""What the benchmarks found: as tables to read and as JSON to keep."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

type Cell = str | int | float | None
type Row = Mapping[str, Cell]
"""By column. All rows of a section have the same columns."""


@dataclass(frozen=True)
class Section:
    """One table. `aim` says what its ratios should be, where there is such an aim."""

    name: str
    title: str
    rows: Sequence[Row]
    aim: str = ""


def rendered(section: Section) -> str:
    """Return a section as text: a title and aligned columns."""
    columns = list(section.rows[0]) if section.rows else []
    cells = [columns, *([_shown(row[name]) for name in columns] for row in section.rows)]
    widths = [max(len(line[index]) for line in cells) for index in range(len(columns))]
    numeric = [_is_numeric(section.rows, name) for name in columns]
    lines = ["  ".join(_aligned(line, widths, numeric)).rstrip() for line in cells]
    heading = [section.title, *([f"aim: {section.aim}"] if section.aim else [])]
    return "\n".join([*heading, "", *lines, ""])


def write_json(sections: Sequence[Section], path: Path, *, conditions: Row) -> None:
    """Write every figure, unrounded, and under which `conditions` it was taken."""
    document = {
        "conditions": dict(conditions),
        "sections": [
            {"name": s.name, "title": s.title, "aim": s.aim, "rows": [dict(r) for r in s.rows]}
            for s in sections
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def met(ratio: float, *, at_most: float | None = None, at_least: float | None = None) -> str:
    """Say whether a ratio is what it should be."""
    fits = (at_most is None or ratio <= at_most) and (at_least is None or ratio >= at_least)
    return "yes" if fits else "NO"


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return "-"
        case str():
            return cell
        case int():
            return str(cell)
        case _ if abs(cell) >= 100:
            return f"{cell:.0f}"
        case _:
            return f"{cell:.2f}" if abs(cell) < 10 else f"{cell:.1f}"


def _is_numeric(rows: Sequence[Row], name: str) -> bool:
    return not any(isinstance(row[name], str) for row in rows)


def _aligned(line: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> Iterator[str]:
    for text, width, right in zip(line, widths, numeric, strict=True):
        yield text.rjust(width) if right else text.ljust(width)
