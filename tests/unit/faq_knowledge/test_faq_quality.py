"""Floors under what `benchmarks/faq` measures with the dev questions, and rules for them all.

The floors keep what was reached; how good search is with new questions, the hold-out tells.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.faq import quality, questions
from benchmarks.faq.questions import DEV, FAR, HOLDOUT, TELECOM, Question
from benchmarks.faq.retrievers import Ours
from faq.entry import Entry, Hit
from faq.index import load
from faq.knowledge import INDEX_FOLDER
from minilm.embedding import Embedder
from minilm.threads import use_one

ALL = [question for split in questions.SPLITS for question in questions.read(split)]
ANSWERABLE = [question for question in ALL if question.gold]
ENTRIES = {entry.question: entry for entry in load(INDEX_FOLDER).entries}


@pytest.fixture(scope="module")
def found() -> Sequence[quality.Found]:
    return quality.ask(Ours(load(INDEX_FOLDER), Embedder()), questions.read(DEV))


def test_the_right_entry_comes_first_and_among_three(found: Sequence[quality.Found]) -> None:
    known = quality.answerable(found)

    assert quality.hit_at(known, 1) >= 0.90
    assert quality.hit_at(known, 3) >= 0.97


def test_what_the_faq_does_not_answer_is_refused(found: Sequence[quality.Found]) -> None:
    answers = quality.answers(found)

    assert answers.refused >= 0.95
    assert answers.quoted_right >= 0.95
    assert answers.quoted >= 0.60


def test_there_are_enough_questions_of_each_kind() -> None:
    assert len(ANSWERABLE) >= 160
    assert len(ALL) - len(ANSWERABLE) >= 45
    assert len(questions.read(HOLDOUT)) >= 50
    assert sum(not question.alike for question in ANSWERABLE) >= len(ANSWERABLE) / 2


def test_what_has_no_answer_is_said_to_be_far_or_of_the_trade_and_the_rest_names_an_entry() -> None:
    assert {one.kind for one in ALL if not one.gold} == {FAR, TELECOM}
    assert {one.gold for one in ANSWERABLE} <= ENTRIES.keys()
    assert not [one for one in ANSWERABLE if one.kind in (FAR, TELECOM)]


def test_a_set_of_questions_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("kind,query,gold\nfar,Who won?,\n,Is it far?,How far?\n", encoding="utf-8")

    away, near = questions.read(str(path))

    assert away == Question("far", "Who won?", "")
    assert near.alike


def test_no_question_is_asked_twice_or_indexed() -> None:
    asked = [question.query.casefold() for question in ALL]

    assert len(set(asked)) == len(asked)
    indexed = {text.casefold() for entry in ENTRIES.values() for text in entry.texts}
    assert indexed.isdisjoint(asked)


def hit(name: str, score: float) -> Hit:
    return Hit(Entry(name, "."), score)


FOUND = [
    quality.Found(Question("shared", "1", "a"), (hit("a", 0.9), hit("b", 0.1))),
    quality.Found(Question("shared", "2", "a"), (hit("b", 0.6), hit("a", 0.4))),
    quality.Found(Question("shared", "3", "a"), (hit("b", 0.2),)),
    quality.Found(Question("far", "4", ""), (hit("b", 0.6), hit("a", 0.1))),
    quality.Found(Question("far", "5", ""), (hit("b", 0.1),)),
]


def test_hits_and_ranks_are_counted_over_answerable_questions() -> None:
    known = quality.answerable(FOUND)

    assert quality.hit_at(known, 1) == pytest.approx(1 / 3)
    assert quality.hit_at(known, 2) == pytest.approx(2 / 3)
    assert quality.mean_reciprocal_rank(known) == pytest.approx((1 + 1 / 2) / 3)


def test_the_policy_is_counted_on_both_sorts_of_questions() -> None:
    answers = quality.answers(FOUND)

    assert answers.quoted == pytest.approx(2 / 3)
    assert answers.quoted_right == 0.5
    assert answers.shown == pytest.approx(1 / 3)
    assert answers.refused == 0.5
    assert answers.left_alone == 0.5


@pytest.mark.parametrize(("quoted", "refused"), [(1 / 3, 1.0), (2 / 3, 0.5), (1.0, 0.5)])
def test_retrievers_are_compared_at_the_share_they_would_quote(
    quoted: float, refused: float
) -> None:
    assert quality.refused_at(FOUND, quoted=quoted) == refused


def test_computing_takes_one_thread_unless_told_otherwise() -> None:
    environment = {"OMP_NUM_THREADS": "2"}

    use_one(environment)

    assert environment == {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "1"}
