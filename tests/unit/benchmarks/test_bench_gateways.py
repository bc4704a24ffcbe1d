import pytest

from benchmarks.gateways import against, best
from benchmarks.measure import Figures


def test_more_requests_and_less_time_are_both_above_one() -> None:
    ratios = against(Figures(300, 1.0, 4.0), Figures(100, 2.0, 4.0))

    assert ratios == pytest.approx({"requests/s": 3.0, "p50": 2.0, "p99": 1.0})


def test_the_best_of_several_is_the_best_of_each_figure() -> None:
    many, quick = Figures(300, 5.0, 9.0), Figures(100, 2.0, 30.0)

    assert best([many, quick]) == Figures(300, 2.0, 9.0)
