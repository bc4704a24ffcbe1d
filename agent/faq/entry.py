"""One question of the FAQ with its answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A question and its answer, both without white space around them, neither empty."""

    question: str
    answer: str

    @property
    def text(self) -> str:
        """Both together, as they are embedded."""
        return f"{self.question}\n{self.answer}"


@dataclass(frozen=True)
class Hit:
    """An entry found for a query. `score` is the better cosine of its two vectors, -1 to 1."""

    entry: Entry
    score: float
