"""The questions that retrieval is measured with. None of them is in the index.

`dev.csv` was looked at while entries and an earlier scoring were chosen. Scoring and thresholds
were chosen with `tuning.csv`. `holdout.csv` was not looked at.

A question's `gold` is the question of the entry that answers it, as the shipped CSV has it, and
empty where the FAQ has no answer. Then, and only then, its `kind` is of account:

far       something else altogether
telecom   phones or the company, and the FAQ does not say
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.offline.words import content, tokens

FAR, TELECOM = "far", "telecom"
FOLDER = Path(__file__).parent / "questions"
DEV, TUNING, HOLDOUT = "dev", "tuning", "holdout"
SPLITS = (DEV, TUNING, HOLDOUT)


@dataclass(frozen=True)
class Question:
    """What somebody asks, and the question of the entry that answers it."""

    kind: str
    query: str
    gold: str

    @property
    def alike(self) -> bool:
        """Whether it has a key word in common with the gold question."""
        return not _key_words(self.query).isdisjoint(_key_words(self.gold))


def read(split: str) -> Sequence[Question]:
    """Return the questions of one of SPLITS, or of a file like theirs that is named by its path."""
    path = FOLDER / f"{split}.csv" if split in SPLITS else Path(split)
    with path.open(encoding="utf-8", newline="") as file:
        return [Question(**row) for row in csv.DictReader(file)]


def _key_words(text: str) -> set[str]:
    return {word.stem for word in content(tokens(text))}
