import json
from pathlib import Path

import pytest

from benchmarks.report import Section, met, rendered, write_json

SECTION = Section(
    "speed",
    "How fast",
    [
        {"what": "one", "clients": 1, "requests/s": 12345.678, "ratio": 1.2345},
        {"what": "the other", "clients": 32, "requests/s": 45.67, "ratio": None},
    ],
    aim="at least 1",
)


def test_a_section_is_a_title_its_aim_and_aligned_columns() -> None:
    assert rendered(SECTION).splitlines() == [
        "How fast",
        "aim: at least 1",
        "",
        "what       clients  requests/s  ratio",
        "one              1       12346   1.23",
        "the other       32        45.7      -",
    ]


def test_a_section_without_an_aim_says_nothing_of_one() -> None:
    assert "aim" not in rendered(Section("empty", "Nothing", []))


def test_the_json_has_every_figure_unrounded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "bench.json"

    write_json([SECTION], path, conditions={"processors": 2})

    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["conditions"] == {"processors": 2}
    assert written["sections"][0]["name"] == "speed"
    assert written["sections"][0]["rows"] == SECTION.rows


@pytest.mark.parametrize(
    ("ratio", "at_most", "at_least", "expected"),
    [
        (1.25, 1.25, None, "yes"),
        (1.26, 1.25, None, "NO"),
        (1.0, None, 1, "yes"),
        (0.99, None, 1, "NO"),
    ],
)
def test_an_aim_is_met_up_to_its_limit(
    ratio: float, at_most: float | None, at_least: float | None, expected: str
) -> None:
    assert met(ratio, at_most=at_most, at_least=at_least) == expected
