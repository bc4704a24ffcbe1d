"""What can go wrong between a question and the FAQ. Each class is one reason, `code` is stable.

FaqError
├── FileRejected      the question-and-answer file as a whole cannot be used
│   └── BadRows       rows of it cannot be used; each is named by its line
└── IndexUnreadable   the built index is missing, or its parts do not belong together

`faq.failures` adds what can go wrong between a request and its answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class FaqError(Exception):
    """An expected failure, with a message for people."""

    code: ClassVar[str] = "faq-error"


class FileRejected(FaqError):
    """The file is missing, empty, or has no columns `question` and `answer`."""

    code = "file-rejected"


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be used: `line` is where it starts, counted from 1, header included."""

    line: int
    reason: str

    def __str__(self) -> str:
        """Read as one line of a report."""
        return f"line {self.line}: {self.reason}"


class BadRows(FileRejected):
    """Some rows are bad, and skipping them was not asked for."""

    code = "bad-rows"

    def __init__(self, rows: Sequence[BadRow]) -> None:
        """Name every row in the message; keep them as `rows`."""
        super().__init__("; ".join(str(row) for row in rows))
        self.rows = tuple(rows)


class IndexUnreadable(FaqError):
    """No index, or one whose vectors are not those of its entries."""

    code = "index-unreadable"
