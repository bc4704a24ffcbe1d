"""Words as search compares them: without endings, and with what else they may be called.

A sentence model knows that a bill is like an invoice, and also that it is like a receipt; where
tools differ by one such word, the word itself has to count. `synonyms.txt` has a line for each
thing that has several names, as dictionaries and office use have them; `_` joins words of a phrase.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

type Key = str | int
"""A word without its ending, or a line of `synonyms.txt` by its number."""

type Unit = tuple[Key, ...]
"""One word or phrase of a text: all that it can be compared by."""

MAX_WORDS: Final = 256
"""Words of one text that are looked at: as far as the sentence model reads."""

PHRASE_LENGTHS: Final = (2, 3, 4)

_WORD: Final = re.compile(r"[^\W_]+")
_ENDING: Final = re.compile(r"(?<=\w{3})(ing|ed|es|s|ly|ment|er|e|y)$")
_SHORT: Final = 4
"""Letters up to which a word loses nothing but a plural."""

_WITHOUT_WEIGHT: Final = """
    a about all also an and any anybody anyone anything are as at be been but by can could did do
    does for from had has have he her him his how i if in into is it its just may me might must my
    need no not now of on one or our out please she should so some somebody someone something than
    that the their them then there these they this those to too up us very want was we were what
    when where which who whom whose why will with would you your
"""


def units(text: str) -> list[Unit]:
    """Return a text's words and phrases that say something, in order."""
    stems = [_stem(word) for word in _WORD.findall(text.lower())[:MAX_WORDS]]
    single, phrases = _synonyms()
    words = [(stem, *single.get((stem,), ())) for stem in stems if stem not in _weightless()]
    return [*words, *_phrases(stems, phrases)]


def keys(text: str) -> frozenset[Key]:
    """Return all that a text can be compared by."""
    return frozenset(key for unit in units(text) for key in unit)


def _phrases(stems: Sequence[str], phrases: Mapping[tuple[str, ...], Unit]) -> Iterator[Unit]:
    for start in range(len(stems)):
        for length in PHRASE_LENGTHS:
            if found := phrases.get(tuple(stems[start : start + length])):
                yield found


def _stem(word: str) -> str:
    if word.endswith("ies") and len(word) > _SHORT:
        word = word[:-3] + "y"
    if len(word) <= _SHORT:
        return word[:-1] if len(word) == _SHORT and word.endswith("s") else word
    return _ENDING.sub("", _ENDING.sub("", word))


@cache
def _weightless() -> frozenset[str]:
    return frozenset(_stem(word) for word in _WITHOUT_WEIGHT.split())


@cache
def _synonyms() -> tuple[Mapping[tuple[str, ...], Unit], Mapping[tuple[str, ...], Unit]]:
    """Return the lines each word is on, and those each phrase is on."""
    text = (resources.files(__package__) / "synonyms.txt").read_text(encoding="utf-8")
    single: dict[tuple[str, ...], list[int]] = defaultdict(list)
    phrases: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, line in enumerate(text.splitlines()):
        for name in line.split() if not line.startswith("#") else ():
            stems = tuple(_stem(word) for word in name.split("_"))
            (single if len(stems) == 1 else phrases)[stems].append(number)
    return _frozen(single), _frozen(phrases)


def _frozen(lines: Mapping[tuple[str, ...], list[int]]) -> Mapping[tuple[str, ...], Unit]:
    return {stems: tuple(dict.fromkeys(numbers)) for stems, numbers in lines.items()}
