"""The requests that routing is measured with. None of them is a phrase of a team.

Both sets were written before the classifier. `evaluation.csv` was looked at when the share of
words and the sharpness of confidences were chosen; `holdout.csv` was asked once, at the end.

A request's `team` is the agent that should get it; what is for nobody, or says nothing, is for the
default agent. Its `kind` is of account:

plain       says what it is about
colloquial  as people chat
typo        with slips of the finger
trap        has another team's words: a refund for a plan, a sales page that is down
several     has more than one topic, and wants one thing
offtopic    has nothing to do with the company
vague       short, and says little
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "requests"
EVALUATION, HOLDOUT = "evaluation", "holdout"
SETS = (EVALUATION, HOLDOUT)
KINDS = ("plain", "colloquial", "typo", "trap", "several", "offtopic", "vague")


@dataclass(frozen=True)
class Labelled:
    """A request, and the agent that should get it."""

    kind: str
    text: str
    team: str


def read(name: str) -> Sequence[Labelled]:
    """Return one of SETS."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [Labelled(**row) for row in csv.DictReader(file)]
