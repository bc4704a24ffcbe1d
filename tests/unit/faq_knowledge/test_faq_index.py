import json
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from faq import csv_loader, index
from faq.build_index import LAUKI_CSV, main
from faq.entry import Entry
from faq.errors import IndexUnreadable
from faq.keywords import postings
from faq.knowledge import INDEX_FOLDER, Knowledge, shipped
from minilm.embedding import Embedder
from minilm.weights import Floats

ENTRIES = (Entry("a", "b"), Entry("c", "a"), Entry("d", "d"))


class Letters:
    """Embeds a text as the mean of its letters' axes."""

    def embed(self, texts: Sequence[str]) -> Floats:
        rows = np.zeros((len(texts), 8), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.replace(".", "").split():
                row[ord(letter) - ord("a")] += 1
            row /= np.linalg.norm(row)
        return rows


def scores(query: str, *entries: Entry) -> list[float]:
    knowledge = Knowledge(index.build(entries, Letters()), Letters())
    by_entry = {hit.entry: hit.score for hit in knowledge.search(query, len(entries))}
    return [by_entry[entry] for entry in entries]


def test_the_nearest_entry_comes_first() -> None:
    hits = Knowledge(index.build(ENTRIES, Letters()), Letters()).search("a", 3)

    assert [hit.entry for hit in hits] == list(ENTRIES)


def test_a_score_is_of_the_nearest_wording_the_whole_text_and_the_middle() -> None:
    half = 0.5**0.5

    # "a" and "d" carry no weight as key words or are not asked for, so cosines alone count.
    found = scores("a", Entry("a", "b"), Entry("d", "a", "a"))

    assert found == pytest.approx([0.9 * (1 + half + 1) / 3, 0.9 * (1 + 1 + half) / 3])


def test_a_tenth_of_a_score_is_the_share_of_key_words() -> None:
    found = scores("b c", Entry("b", "b"), Entry("d", "c", "b | c"))

    half = 0.5**0.5
    in_two_of_two, in_one_of_two = math.log(3 / 2.5), math.log(3 / 1.5)
    share = in_two_of_two / (in_two_of_two + in_one_of_two)
    whole = 3 / 5**0.5 * half
    middle = 2 / 3**0.5 * half
    assert found == pytest.approx(
        [0.9 * half + 0.1 * share, 0.9 * (half + whole + middle) / 3 + 0.1]
    )


@pytest.mark.parametrize(("k", "found"), [(-1, 0), (0, 0), (1, 1), (2, 2), (99, 3)])
def test_no_more_entries_are_found_than_there_are_or_asked_for(k: int, found: int) -> None:
    assert len(Knowledge(index.build(ENTRIES, Letters()), Letters()).search("a", k)) == found


@pytest.mark.parametrize("query", ["", " ", "\n\t"])
def test_a_blank_query_finds_nothing(query: str) -> None:
    assert Knowledge(index.build(ENTRIES, Letters()), Letters()).search(query) == ()


def test_an_index_is_the_same_when_read_again(tmp_path: Path) -> None:
    built = index.build(ENTRIES, Letters())

    built.save(tmp_path / "new")
    read = index.load(tmp_path / "new")

    assert read.entries == ENTRIES
    assert np.array_equal(read.vectors(), built.vectors())


def test_files_of_two_builds_are_not_one_index(tmp_path: Path) -> None:
    index.build(ENTRIES, Letters()).save(tmp_path)
    vectors = (tmp_path / index.VECTORS_FILE).read_bytes()
    index.build(ENTRIES[:2], Letters()).save(tmp_path)
    (tmp_path / index.VECTORS_FILE).write_bytes(vectors)

    with pytest.raises(IndexUnreadable, match="not of one build"):
        index.load(tmp_path)


def test_a_text_is_not_changed_without_its_vectors(tmp_path: Path) -> None:
    index.build(ENTRIES, Letters()).save(tmp_path)
    path = tmp_path / index.ENTRIES_FILE
    document = json.loads(path.read_text(encoding="utf-8"))
    document["entries"][0]["answer"] = "z"
    path.write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(IndexUnreadable, match="not of one build"):
        index.load(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"entries": [{"x": 1}]}', '{"entries": []}'])
def test_a_damaged_index_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / index.ENTRIES_FILE).write_text(text, encoding="utf-8")

    with pytest.raises(IndexUnreadable, match="build_index"):
        index.load(tmp_path)


def test_the_shipped_index_is_what_its_csv_gives() -> None:
    entries = csv_loader.load(LAUKI_CSV).entries
    read = index.load(INDEX_FOLDER)

    assert read.entries == entries
    assert read.by_word == postings([" ".join(entry.texts) for entry in entries])
    # Texts and vectors have one checksum, so a part of the vectors tells whether all are this
    # model's. Another processor's arithmetic differs in the last digits.
    some = slice(None, None, 12)
    ends = np.cumsum([len(entry.texts) + 1 for entry in entries])
    parts = np.split(read.vectors(), ends[:-1])[some]
    assert ends[-1] == len(read.vectors())
    built = index.build(entries[some], Embedder()).vectors()
    assert np.allclose(np.concatenate(parts), built, atol=1e-4)


def test_the_faq_has_at_least_120_entries_with_answers_of_some_length() -> None:
    entries = csv_loader.load(LAUKI_CSV).entries

    assert len(entries) >= 120
    assert all(len(entry.answer) >= 40 for entry in entries)


def test_what_ships_is_read_once() -> None:
    assert shipped() is shipped()


def test_a_csv_of_ones_own_becomes_an_index(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text("question,answer\nWhere is the key?,Under the mat.\n", encoding="utf-8")

    assert main([str(csv), "--out", str(tmp_path / "index")]) == 0

    assert "1 entries of own.csv" in capsys.readouterr().out
    [hit] = Knowledge.read(tmp_path / "index").search("I cannot get into the house")
    assert hit.entry.answer == "Under the mat."


def test_a_build_names_bad_rows_and_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text("question,answer\nHow?,\nWhy?,Thus.\nWho\n", encoding="utf-8")

    assert main([str(csv), "--out", str(tmp_path / "index")]) == 3

    assert capsys.readouterr().err.splitlines() == [
        "nothing was built:",
        "  line 2: the answer is empty",
        "  line 4: 1 cells under 2 columns",
    ]
    assert not (tmp_path / "index").exists()


def test_a_build_says_which_bad_rows_it_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv = tmp_path / "own.csv"
    csv.write_text("question,answer\nHow?,\nWhy?,Thus.\n", encoding="utf-8")

    assert main([str(csv), "--out", str(tmp_path / "index"), "--skip-bad"]) == 0

    assert capsys.readouterr().err == "skipped own.csv, line 2: the answer is empty\n"


def test_a_build_without_a_file_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.csv")]) == 3

    assert "nothing was built" in capsys.readouterr().err
