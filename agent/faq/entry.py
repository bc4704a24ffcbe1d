"""One question of the FAQ with its answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A question and its answer, both without white space around them, neither empty.

    `search_as` is the question in more of the words that customers use. Where it is not empty it
    stands for the question in searching; it is never shown.
    """

    question: str
    answer: str
    search_as: str = ""

    @property
    def texts(self) -> tuple[str, str]:
        """The two texts that are embedded: the question as searched, and with its answer."""
        asked = self.search_as or self.question
        return asked, f"{asked}\n{self.answer}"


@dataclass(frozen=True)
class Hit:
    """An entry found for a query. `score` is the mean cosine to its two vectors, -1 to 1."""

    entry: Entry
    score: float
