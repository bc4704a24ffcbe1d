"""Read anybody's `question,answer` file, and name what is wrong with it by line.

Accepted: UTF-8 with or without a byte order mark, UTF-16 with one; RFC 4180 quoting, with line
breaks in quoted cells; the two columns in any order and case, and a third one, `search_as` (see
`faq.entry`), that may be missing or empty; other columns, which are ignored; blank lines. Encodings
are not guessed: what is not UTF-8 is a bad row.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from faq.entry import Entry
from faq.errors import BadRow, BadRows, FileRejected

if TYPE_CHECKING:
    from _csv import Reader

QUESTION, ANSWER, SEARCH_AS = "question", "answer", "search_as"
_UNFINISHED = "unexpected end of data"


@dataclass(frozen=True)
class Loaded:
    """What a file holds: its entries in order, and the rows that were skipped."""

    entries: tuple[Entry, ...]
    skipped: tuple[BadRow, ...] = ()


@dataclass(frozen=True)
class _Row:
    """A record's cells by column, and the line on which it starts."""

    line: int
    cells: Mapping[str, str]


def load(path: Path, *, skip_bad: bool = False) -> Loaded:
    """Read the entries of a file.

    Args:
        path: a CSV file as described above.
        skip_bad: leave bad rows out instead of rejecting the file for them.

    Raises:
        FileRejected: it cannot be read, lacks a column, or no usable entry is in it.
        BadRows: rows are bad and `skip_bad` is off; every one of them is named.
    """
    entries, bad = _sorted_out(_records(_text(path)))
    if bad and not skip_bad:
        raise BadRows(bad)
    if not entries:
        raise FileRejected(f"{path.name} has no usable entries")
    return Loaded(tuple(entries), tuple(bad))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileRejected(f"{path} cannot be read: {error.strerror}") from error
    if not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Undecodable bytes come through as lone surrogates, and are found again row by row.
        return data.decode("utf-8-sig", errors="surrogateescape")
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError as error:
        raise FileRejected(f"{path.name} begins as UTF-16 and does not go on so") from error


def _sorted_out(found: Iterator[_Row | BadRow]) -> tuple[list[Entry], list[BadRow]]:
    entries: list[Entry] = []
    bad: list[BadRow] = []
    first_lines: dict[str, int] = {}
    for row in found:
        if isinstance(row, BadRow):
            bad.append(row)
        elif reason := _fault(row, first_lines):
            bad.append(BadRow(row.line, reason))
        else:
            first_lines[_key(row.cells[QUESTION])] = row.line
            entries.append(Entry(**row.cells))
    return entries, bad


def _fault(row: _Row, first_lines: Mapping[str, int]) -> str | None:
    for column, text in row.cells.items():
        if not text and column != SEARCH_AS:
            return f"the {column} is empty"
        if any("\ud800" <= char <= "\udfff" for char in text):
            return f"the {column} is not UTF-8"
        if "\0" in text:
            return f"the {column} contains a NUL character"
    earlier = first_lines.get(_key(row.cells[QUESTION]))
    return None if earlier is None else f"the same question as on line {earlier}"


def _key(question: str) -> str:
    """Return what makes two questions the same: letter case, spacing and a final mark do not."""
    return " ".join(question.casefold().split()).rstrip("?!. ")


def _records(text: str) -> Iterator[_Row | BadRow]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns: Sequence[str] = ()
    for line, cells in _numbered(reader):
        if isinstance(cells, str):
            yield BadRow(line, cells)
        elif not any(cell.strip() for cell in cells):
            continue
        elif not columns:
            columns = _columns(cells)
        elif len(cells) != len(columns):
            yield BadRow(line, _miscounted(len(cells), len(columns)))
        else:
            named = dict(zip(columns, (cell.strip() for cell in cells), strict=True))
            yield _Row(line, {name: named.get(name, "") for name in (QUESTION, ANSWER, SEARCH_AS)})
    if not columns:
        raise FileRejected(f"there is no header naming the columns {QUESTION} and {ANSWER}")


def _miscounted(found: int, expected: int) -> str:
    hint = "; a cell with a comma needs quotes" if found > expected else ""
    return f"{found} cells under {expected} columns{hint}"


def _columns(cells: Sequence[str]) -> Sequence[str]:
    columns = [cell.strip().casefold() for cell in cells]
    for wanted in (QUESTION, ANSWER):
        if columns.count(wanted) != 1:
            read = ", ".join(columns)
            raise FileRejected(f"the header needs one column {wanted}; its columns are: {read}")
    return columns


def _numbered(reader: Reader) -> Iterator[tuple[int, list[str] | str]]:
    """Give each record with its first line; instead of a malformed one, what is wrong with it."""
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _malformed(str(error), line, reader.line_num)
        else:
            yield line, cells


def _malformed(message: str, first_line: int, last_line: int) -> str:
    if message == _UNFINISHED:
        return f"a quote is never closed: lines {first_line} to {last_line} are lost"
    return f"malformed: {message}"
