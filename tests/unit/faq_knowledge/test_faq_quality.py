"""Floors under what `benchmarks/faq` measures with the dev questions, and rules for them all.

The floors keep what was reached; how good search is with new questions, the hold-out tells.
"""

from collections.abc import Sequence

import pytest

from assistant.offline.words import content, tokens
from benchmarks.faq import quality, questions
from benchmarks.faq.questions import DEV, HOLDOUT, Question
from benchmarks.faq.retrievers import Ours
from faq.embedding import Embedder
from faq.entry import Entry, Hit
from faq.index import load
from faq.knowledge import INDEX_FOLDER
from faq.threads import use_one

ALL = (*questions.read(DEV), *questions.read(HOLDOUT))
ANSWERABLE = [question for question in ALL if question.gold]
ENTRIES = {entry.question: entry for entry in load(INDEX_FOLDER).entries}


@pytest.fixture(scope="module")
def found() -> Sequence[quality.Found]:
    return quality.ask(Ours(load(INDEX_FOLDER), Embedder()), questions.read(DEV))


def key_words(text: str) -> set[str]:
    return {word.stem for word in content(tokens(text))}


def kind(query: str, entry: Entry) -> str:
    words = key_words(query)
    if words & key_words(entry.question):
        return "shared"
    return "unshared" if words & key_words(entry.search_as) else "apart"


def test_the_right_entry_comes_first_and_among_three(found: Sequence[quality.Found]) -> None:
    known = quality.answerable(found)

    assert quality.hit_at(known, 1) >= 0.80
    assert quality.hit_at(known, 3) >= 0.92


def test_what_the_faq_does_not_answer_is_refused(found: Sequence[quality.Found]) -> None:
    answers = quality.answers(found)

    assert answers.refused >= 0.95
    assert answers.quoted_right >= 0.95
    assert answers.quoted >= 0.45


def test_there_are_enough_questions_of_each_kind() -> None:
    assert len(ANSWERABLE) >= 160
    assert len(ALL) - len(ANSWERABLE) >= 45
    assert len(questions.read(HOLDOUT)) == 50
    assert sum(question.kind != "shared" for question in ANSWERABLE) >= len(ANSWERABLE) / 2


def test_questions_are_of_the_kind_they_say() -> None:
    wrong = [q for q in ANSWERABLE if q.kind != kind(q.query, ENTRIES[q.gold])]

    assert wrong == []


def test_no_question_is_asked_twice_or_indexed() -> None:
    asked = [question.query.casefold() for question in ALL]

    assert len(set(asked)) == len(asked)
    indexed = {text.casefold() for entry in ENTRIES.values() for text in entry.texts}
    assert indexed.isdisjoint(asked)


def hit(name: str, score: float) -> Hit:
    return Hit(Entry(name, "."), score)


FOUND = [
    quality.Found(Question("shared", "1", "a"), (hit("a", 0.9), hit("b", 0.1))),
    quality.Found(Question("shared", "2", "a"), (hit("b", 0.5), hit("a", 0.4))),
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
