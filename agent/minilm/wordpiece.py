"""BERT's uncased WordPiece tokenizer, as far as the embedding model needs it.

Equal to Hugging Face `tokenizers` with all-MiniLM-L6-v2's `tokenizer.json`: clean, separate CJK,
strip accents, lower-case, isolate punctuation, then match the longest piece greedily. Everything
is lazy: a text of any length costs no more than its first `MAX_TOKENS` tokens.

What differs are some 600 characters that were assigned after the tables of `tokenizers` were made.

Source: tokenizers, normalizers/bert.rs, pre_tokenizers/bert.rs and models/wordpiece.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

MAX_TOKENS = 256
"""`max_seq_length` of all-MiniLM-L6-v2, the two marks around a text included."""

MAX_WORD_CHARACTERS = 100
"""A longer word is unknown as a whole (`max_input_chars_per_word`)."""

_CJK = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs"})
"""Control and format characters, private and surrogate ones; unassigned ones stay."""

_LATER_PUNCTUATION = "\u061d"
"""Punctuation since Unicode 14, which the model's own tokenizer does not know as such."""


class WordPiece:
    """A vocabulary, and the ids of texts in it."""

    def __init__(self, pieces: Iterable[str]) -> None:
        """Take the pieces in the order of their ids."""
        self._ids: Mapping[str, int] = {piece: number for number, piece in enumerate(pieces)}
        self._unknown, self._start, self._end = (
            self._ids[mark] for mark in ("[UNK]", "[CLS]", "[SEP]")
        )

    @classmethod
    def read(cls, path: Path) -> WordPiece:
        """Read a vocabulary file, one piece a line."""
        return cls(path.read_text(encoding="utf-8").split("\n"))

    def ids(self, text: str) -> list[int]:
        """Return the ids of a text, at most MAX_TOKENS, between the marks of start and end."""
        pieces = chain.from_iterable(self._pieces(word) for word in _words(text))
        return [self._start, *islice(pieces, MAX_TOKENS - 2), self._end]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > MAX_WORD_CHARACTERS:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            match = self._longest(word, start)
            if match is None:
                return [self._unknown]
            number, start = match
            found.append(number)
        return found

    def _longest(self, word: str, start: int) -> tuple[int, int] | None:
        mark = "##" if start else ""
        for end in range(len(word), start, -1):
            number = self._ids.get(mark + word[start:end])
            if number is not None:
                return number, end
        return None


def _words(text: str) -> Iterator[str]:
    """Cut a text into lower-case words and single marks, reading no further than is asked for.

    A word longer than the model knows grows no further: it is unknown already.
    """
    word = ""
    for char in chain.from_iterable(map(_plain, text)):
        alone = _stands_alone(char)
        if not alone and not char.isspace():
            word += char if len(word) <= MAX_WORD_CHARACTERS else ""
            continue
        if word:
            yield word
            word = ""
        if alone:
            yield char
    if word:
        yield word


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """Return what is left of a character: a space, lower-case letters without accents, nothing."""
    if char in "\t\n\r":
        return " "
    if char == "\N{REPLACEMENT CHARACTER}" or unicodedata.category(char) in _DROPPED:
        return ""
    if char.isspace():
        return " "
    # Character by character, so that a final sigma is lower-cased as any other.
    bare = (one for one in unicodedata.normalize("NFD", char) if unicodedata.category(one) != "Mn")
    return "".join(one.lower() for one in bare)


@lru_cache(maxsize=4096)
def _stands_alone(char: str) -> bool:
    """Say whether a character is a token by itself: punctuation, an ASCII symbol, or CJK."""
    if char.isascii():
        return char.isprintable() and not (char.isalnum() or char.isspace())
    point = ord(char)
    if any(first <= point <= last for first, last in _CJK):
        return True
    return unicodedata.category(char)[0] == "P" and char != _LATER_PUNCTUATION
