"""One question of the FAQ with its answer."""

from __future__ import annotations

from dataclasses import dataclass

SEPARATOR = "|"


@dataclass(frozen=True)
class Entry:
    """A question and its answer, both without white space around them, neither empty.

    `search_as` has other wordings of the question, with SEPARATOR between them: what customers
    type who have never seen the FAQ. They are searched and never shown.
    """

    question: str
    answer: str
    search_as: str = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """The question, and the other wordings of it."""
        parts = (part.strip() for part in self.search_as.split(SEPARATOR))
        return tuple(dict.fromkeys((self.question, *filter(None, parts))))

    @property
    def text(self) -> str:
        """All wordings, or the question where it has no other, and the answer."""
        return f"{'. '.join(self.wordings[1:] or self.wordings)}\n{self.answer}"

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that are embedded: each wording, and all of them with the answer."""
        return *self.wordings, self.text


@dataclass(frozen=True)
class Hit:
    """An entry found for a query. `score` says how near they are: 1 is the nearest, below 0 far.

    `faq.index` has what it is made of.
    """

    entry: Entry
    score: float
