from benchmarks.__main__ import BENCHMARKS
from benchmarks.memory_search import BASELINE, FAISS, OURS, rows_of, sections


def test_the_table_compares_with_ours_and_says_whether_the_aim_is_met() -> None:
    rows = rows_of({OURS: 2.0, FAISS: 0.5, BASELINE: 40.0})
    assert [row["to ours"] for row in rows] == [1.0, 0.25, 20.0]
    assert [row["met"] for row in rows] == ["yes", "", ""]
    assert rows_of({OURS: 9.0})[0]["met"] == "NO"


def test_the_benchmark_can_be_asked_for() -> None:
    assert BENCHMARKS["memory"] is sections
