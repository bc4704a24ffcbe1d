"""English as far as routing needs it: tokens, stems, words without weight, and a similarity.

Everything here is data or a pure function, and each piece can be replaced alone; an embedding
model takes the place of `overlap` and, with it, of `SYNONYMS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = re.compile(r"[^\W_]+(?:[-_.'][^\W_]+)*")
_IDENTIFIER_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_STRAIGHT = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{NO-BREAK SPACE}": " ",
    }
)


def word_set(text: str) -> frozenset[str]:
    """Read words that are parted by white space."""
    return frozenset(text.split())


def straighten(text: str) -> str:
    """Put typographic quotes, dashes and spaces into their plain forms; the length stays."""
    return text.translate(_STRAIGHT)


# Words that say nothing about which tool is meant.
STOPWORDS = word_set(
    """
    a able about actually all also am an and any anything are around as ask at available be
    been being both browse but by called can check cheers could currently describe detail
    details did do does each else every everything fetch fewer find for from get give go good
    got had happen has have having hello help here hey hi how i id if in info information
    inside is it its just kindly know less let let's like look looking love many may me might
    mine more most much must my name named near need next nice no not now of off offer offered
    offering ok okay on one ones only or other our out own page please provide recommend right
    sale see sell selling shall shop should show so some something stock store suggest sure
    tell than thank thanks that the their them then there these they thing things this those to
    today together too two up us very view want was we well were what which who whom whose will
    wish with within would yes yet you your yours yourself
    """
)

# No tool's text answers these, even where it uses the word.
_OPEN_QUESTIONS = word_set("when where why")

# Two words for one thing, as stems. Kept small: what it lacks is the similarity's business.
SYNONYMS = {
    "afford": "price",
    "animal": "pet",
    "bunny": "rabbit",
    "cheap": "price",
    "cheaper": "price",
    "cost": "price",
    "dear": "price",
    "doggy": "dog",
    "expensive": "price",
    "goldfish": "fish",
    "kind": "type",
    "kitten": "cat",
    "kitty": "cat",
    "pup": "dog",
    "puppy": "dog",
    "sort": "type",
}

_IRREGULAR = {"children": "child", "geese": "goose", "men": "man", "mice": "mouse"}
_LONG_PLURAL = re.compile(r"(s|x|z|ch|sh)es$")
_CONTRACTED = re.compile(r"'(s|re|m|d|ll|ve)$")


@dataclass(frozen=True)
class Token:
    """One word of a text: `text` as written, `stem` for comparing, and where it stands."""

    text: str
    stem: str
    start: int
    end: int


def tokens(text: str) -> tuple[Token, ...]:
    """Cut a text into words; `pet-2` and `what's` are one word each."""
    found = _TOKEN.finditer(text)
    return tuple(Token(one[0], stem(one[0]), one.start(), one.end()) for one in found)


def stem(word: str) -> str:
    """Lower-case a word, take off a plural or a contraction, and map it to its main synonym."""
    bare = _singular(without_contraction(word.lower()))
    return SYNONYMS.get(bare, bare)


def without_contraction(word: str) -> str:
    """Take the `'s` off `Nemo's`."""
    return _CONTRACTED.sub("", word)


def _singular(word: str) -> str:
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or word.endswith(("ss", "us", "is")) or not word.endswith("s"):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if _LONG_PLURAL.search(word) else word[:-1]


def split_identifier(name: str) -> tuple[str, ...]:
    """Cut `maxPriceCents`, `max_price_cents` or `max-price-cents` into lower-case words."""
    return tuple(part.lower() for part in _IDENTIFIER_PART.findall(name))


def content(found: Iterable[Token]) -> tuple[Token, ...]:
    """Keep the words that carry weight."""
    return tuple(
        one
        for one in found
        if STOPWORDS.isdisjoint({one.text.lower(), without_contraction(one.text.lower())})
    )


def vocabulary(document: str) -> frozenset[str]:
    """Return the stems a document has an answer for; its numbers are examples."""
    known = frozenset(one.stem for one in tokens(document) if not one.stem.isdecimal())
    return known - _OPEN_QUESTIONS


def overlap(question: str, document: str) -> float:
    """Return the share of the question's weighty words that the document has, 0 to 1."""
    asked = {one.stem for one in content(tokens(question))}
    known = vocabulary(document)
    return len(asked & known) / len(asked) if asked else 0.0


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Overwrite parts of a text with spaces, so that all the rest keeps its place."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
