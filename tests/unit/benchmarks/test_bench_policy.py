"""The policy benchmark: every way to decide says the same before it is measured."""

import pytest

from benchmarks.effort import QUICK
from benchmarks.policy_decisions import SIZES, policies, sections, subjects


@pytest.mark.parametrize("size", [1, 200])
def test_all_ways_allow_by_policies_of_the_callers_tenant(size: int) -> None:
    answers = {subject() for subject in subjects(size).values()}
    assert len(answers) == 1
    ((allowed, deciding),) = answers
    assert allowed and deciding == min(size, 2)


def test_a_size_is_a_number_of_policies() -> None:
    assert [len(policies(size)) for size in SIZES] == list(SIZES)


def test_the_table_has_a_row_for_each_way_at_each_size_and_an_aim() -> None:
    (section,) = sections(QUICK)
    assert len(section.rows) == 4 * len(SIZES)
    assert {row["met"] for row in section.rows if row["policies"] == SIZES[-1]} > {""}
