from functools import partial

import pytest

from benchmarks.measure import Figures, interleaved, percentile, typical


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 1.0), (0.5, 50.0), (0.99, 99.0), (0.991, 100.0), (1, 100.0)]
)
def test_a_percentile_is_the_nearest_rank_of_a_hundred_values(
    share: float, expected: float
) -> None:
    values = [float(value) for value in range(100, 0, -1)]

    assert percentile(values, share) == expected


def test_the_99th_percentile_of_few_values_is_the_slowest() -> None:
    assert percentile([3.0, 9.0, 1.0], 0.99) == 9.0


def test_a_percentile_of_one_value_is_that_value() -> None:
    assert percentile([7.0], 0.5) == 7.0


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 1.01), ([1.0], -0.1)])
def test_a_percentile_of_nothing_or_of_no_share_is_refused(
    values: list[float], share: float
) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, share)


def test_figures_are_requests_a_second_and_milliseconds() -> None:
    figures = Figures.of([0.001, 0.002, 0.004], elapsed_s=0.5)

    assert figures == Figures(requests_per_s=6.0, p50_ms=2.0, p99_ms=4.0)


def test_one_slow_round_of_three_leaves_the_typical_figures_alone() -> None:
    usual, slow = Figures(1000, 1.0, 2.0), Figures(10, 90.0, 400.0)

    assert typical([usual, slow, usual]) == usual


def test_medians_are_taken_of_each_figure_on_its_own() -> None:
    rounds = [Figures(1, 30, 200), Figures(2, 10, 300), Figures(3, 20, 100)]

    assert typical(rounds) == Figures(2, 20, 200)


def test_every_subject_is_measured_once_a_round_and_each_round_begins_with_another() -> None:
    order: list[str] = []

    def subject(name: str) -> int:
        order.append(name)
        return len(order)

    measured = interleaved({name: partial(subject, name) for name in "abc"}, rounds=4)

    assert "".join(order) == "abc" + "bca" + "cab" + "abc"
    assert measured == {"a": [1, 6, 8, 10], "b": [2, 4, 9, 11], "c": [3, 5, 7, 12]}


def test_no_subjects_give_no_measurements() -> None:
    assert interleaved({}, rounds=3) == {}
