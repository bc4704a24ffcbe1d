"""The questions that retrieval is measured with. None of them is in the index.

`dev.csv` was looked at while entries, mixing and thresholds were chosen; `holdout.csv` was not. A
question's `gold` is the question of the entry that answers it, as the shipped CSV has it, and empty
where the FAQ has no answer. Its `kind`:

shared    has a key word in common with the gold entry's question
unshared  has none, but one with the entry's `search_as`
apart     has none with either
far       asks about something else altogether
telecom   asks about phones or the company, and the FAQ does not say

A key word is one that is left by `assistant.offline.words.content`, by its stem.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "questions"
DEV, HOLDOUT = "dev", "holdout"


@dataclass(frozen=True)
class Question:
    """What somebody asks, the question of the entry that answers it, and how alike they are."""

    kind: str
    query: str
    gold: str


def read(split: str) -> Sequence[Question]:
    """Return the questions of `dev` or `holdout`."""
    with (FOLDER / f"{split}.csv").open(encoding="utf-8", newline="") as file:
        return [Question(**row) for row in csv.DictReader(file)]
