"""The ids are those of Hugging Face `tokenizers` 0.23 with the model's own tokenizer."""

import hashlib
from collections.abc import Iterator
from itertools import repeat

import pytest

from minilm.embedding import VOCABULARY
from minilm.wordpiece import MAX_TOKENS, WordPiece

START, END, UNKNOWN = 101, 102, 100


@pytest.fixture(scope="module")
def tokenizer() -> WordPiece:
    return WordPiece.read(VOCABULARY)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("How do I activate roaming?", [2129, 2079, 1045, 20544, 24430, 1029]),
        ("unaffable\tzzyzx", [14477, 20961, 3468, 1062, 9096, 2480, 2595]),
        ("don't", [2123, 1005, 1056]),
        ("$5+tax <b>", [1002, 1019, 1009, 4171, 1026, 1038, 1028]),
        ("naïve café", [15743, 7668]),
        ("ΣΑΣ", [1173, 14608, 29733]),
        ("日本 x", [1864, 1876, 1060]),
        ("hello\u200bworld", [7592, 11108]),
        ("a\x00b\ufffdc", [5925]),
        ("a\u0378b", [UNKNOWN]),
        ("x" * 101, [UNKNOWN]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_a_text_has_the_ids_it_has_elsewhere(
    tokenizer: WordPiece, text: str, ids: list[int]
) -> None:
    assert tokenizer.ids(text) == [START, *ids, END]


def test_punctuation_of_later_unicode_is_none_to_the_model(tokenizer: WordPiece) -> None:
    assert tokenizer.ids("a\u061db") == [START, UNKNOWN, END]


def test_a_word_of_a_hundred_characters_is_still_cut_up(tokenizer: WordPiece) -> None:
    assert UNKNOWN not in tokenizer.ids("x" * 100)


def test_a_long_text_is_cut_off(tokenizer: WordPiece) -> None:
    ids = tokenizer.ids("plan price " * 200)

    assert len(ids) == MAX_TOKENS
    assert ids[-2:] == [3976, END]


class Endless(str):
    """Text that goes on for ever, for whoever reads on."""

    def __iter__(self) -> Iterator[str]:
        return repeat("?")


def test_what_is_behind_the_last_token_is_not_read(tokenizer: WordPiece) -> None:
    assert len(tokenizer.ids(Endless())) == MAX_TOKENS


def test_the_vocabulary_is_the_models_own() -> None:
    digest = hashlib.sha256(VOCABULARY.read_bytes()).hexdigest()

    assert digest == "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"
    assert digest in (VOCABULARY.parent / "NOTICE").read_text(encoding="utf-8")
