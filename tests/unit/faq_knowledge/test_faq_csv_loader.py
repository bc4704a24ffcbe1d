from pathlib import Path

import pytest

from faq.csv_loader import load
from faq.entry import Entry
from faq.errors import BadRow, BadRows, FileRejected

HEADER = "question,answer\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "faq.csv"


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_rows_are_entries_in_their_order(path: Path) -> None:
    write(path, HEADER + 'Why?,"Because, well."\n How ? , So. \n')

    assert load(path).entries == (Entry("Why?", "Because, well."), Entry("How ?", "So."))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_header(path: Path, encoding: str) -> None:
    write(path, HEADER + "Wieviel für ein Gigabyte?,3 €\n", encoding)

    assert load(path).entries == (Entry("Wieviel für ein Gigabyte?", "3 €"),)


def test_columns_may_stand_in_any_order_and_case_with_others_between(path: Path) -> None:
    write(path, "id,ANSWER,topic, Question \n1,So.,x,How?\n")

    assert load(path).entries == (Entry("How?", "So."),)


def test_a_third_column_gives_the_words_to_search_by(path: Path) -> None:
    write(path, "question,answer,search_as\nHow?,So.,in what way | by what means\nWhy?,Thus.,\n")

    first, second = load(path).entries
    assert first.texts == (
        "How?",
        "in what way",
        "by what means",
        "in what way. by what means\nSo.",
    )
    assert second.texts == ("Why?", "Why?\nThus.")


def test_a_wording_counts_once_and_an_empty_one_not_at_all(path: Path) -> None:
    write(path, "question,answer,search_as\nHow?,So.,| how | How? || how |\n")

    [entry] = load(path).entries
    assert entry.wordings == ("How?", "how")


def test_quoted_cells_hold_line_breaks_and_quotes(path: Path) -> None:
    write(path, HEADER + '"How?","First.\nThen ""so""."\r\nWhy?,Thus.\r\n')

    assert load(path).entries[0].answer == 'First.\nThen "so".'


def test_blank_lines_are_nothing(path: Path) -> None:
    write(path, "\n" + HEADER + "\n,\nHow?,So.\n\n")

    assert len(load(path).entries) == 1


BAD = [
    ("How?\n", 3, "1 cells under 2 columns"),
    ("How?,So, and so.\n", 3, "3 cells under 2 columns; a cell with a comma needs quotes"),
    ("How?,\n", 3, "the answer is empty"),
    ('"  ",So.\n', 3, "the question is empty"),
    ("  why ,So.\n", 3, "the same question as on line 2"),
    ("How?,S\0o.\n", 3, "the answer contains a NUL character"),
    ('"How"?,So.\n', 3, "malformed: ',' expected after '\"'"),
    ('"How?,So.\nx,y\n', 3, "a quote is never closed: lines 3 to 4 are lost"),
    ('"How\n?",So,so\n', 3, "3 cells under 2 columns; a cell with a comma needs quotes"),
]


@pytest.mark.parametrize(("rows", "line", "reason"), BAD)
def test_a_bad_row_is_named_by_the_line_it_begins_on(
    path: Path, rows: str, line: int, reason: str
) -> None:
    write(path, HEADER + "Why?,Because.\n" + rows)

    with pytest.raises(BadRows) as caught:
        load(path)

    assert caught.value.rows == (BadRow(line, reason),)
    assert str(caught.value) == f"line {line}: {reason}"


@pytest.mark.parametrize(("rows", "line", "reason"), BAD)
def test_a_bad_row_is_skipped_by_choice(path: Path, rows: str, line: int, reason: str) -> None:
    write(path, HEADER + "Why?,Because.\n" + rows)

    loaded = load(path, skip_bad=True)

    assert loaded.entries == (Entry("Why?", "Because."),)
    assert loaded.skipped == (BadRow(line, reason),)


def test_every_bad_row_is_named_and_the_good_ones_behind_it_are_read(path: Path) -> None:
    write(path, HEADER + 'a,\n"b\nb",B\nc\nd,D\n"e"e,E\nf,F\n')

    loaded = load(path, skip_bad=True)

    assert [row.line for row in loaded.skipped] == [2, 5, 7]
    assert [entry.answer for entry in loaded.entries] == ["B", "D", "F"]


def test_a_row_that_is_not_utf_8_is_named(path: Path) -> None:
    path.write_bytes(HEADER.encode() + b"How?,So.\nWieviel?,3 \x80\n")

    loaded = load(path, skip_bad=True)

    assert loaded.skipped == (BadRow(3, "the answer is not UTF-8"),)


def test_a_huge_cell_is_a_bad_row(path: Path) -> None:
    write(path, HEADER + f"How?,{'x' * 200_000}\nWhy?,Thus.\n")

    loaded = load(path, skip_bad=True)

    assert loaded.entries == (Entry("Why?", "Thus."),)
    assert [row.line for row in loaded.skipped] == [2]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no header"),
        ("\n \n", "no header"),
        (HEADER, "no usable entries"),
        ("question,reply\nHow?,So.\n", "needs one column answer; its columns are: question, reply"),
        ("question;answer\nHow?;So.\n", "needs one column question"),
        ("question,answer,Answer\nHow?,So.,No.\n", "needs one column answer"),
    ],
)
def test_a_file_without_what_is_needed_is_rejected(path: Path, text: str, reason: str) -> None:
    with pytest.raises(FileRejected, match=reason):
        load(write(path, text))


def test_a_file_of_bad_rows_alone_is_rejected_even_if_they_may_be_skipped(path: Path) -> None:
    with pytest.raises(FileRejected, match="no usable entries"):
        load(write(path, HEADER + "How?,\n"), skip_bad=True)


def test_a_missing_file_is_rejected(path: Path) -> None:
    with pytest.raises(FileRejected, match="cannot be read"):
        load(path)


def test_half_a_utf_16_character_is_rejected(path: Path) -> None:
    path.write_bytes(HEADER.encode("utf-16") + b"\x00")

    with pytest.raises(FileRejected, match="UTF-16"):
        load(path)
