"""Fill a tool's arguments from a sentence, by what its JSON schema says of each.

Each filler looks for one sort of argument and answers with the values it found and where. They
run in the order of `FILLERS`, each on what the earlier ones have left of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from assistant.offline.found import Found, Span, Value
from assistant.offline.identifiers import identifiers
from assistant.offline.kinds import category, choices
from assistant.offline.labelled import described, email, quoted
from assistant.offline.quantities import limits, page_size, price
from assistant.offline.schema import Parameter, ToolCard
from assistant.offline.words import blank

_QUERY_WORDS = frozenset({"query", "question", "q", "text", "prompt"})


@dataclass(frozen=True)
class Filled:
    """What a sentence gives a tool.

    Attributes:
        values: by parameter; several values mean several calls.
        said: the parameters whose values have words of their own in the sentence.
        rest: the sentence with everything that was used blanked out.
        missing: required parameters without a value.
    """

    values: dict[str, tuple[Value, ...]]
    said: frozenset[str]
    rest: str
    missing: tuple[Parameter, ...]


type Filler = Callable[[Parameter, ToolCard, str], Found | None]


def fill(card: ToolCard, sentence: str) -> Filled:
    """Fill what can be filled; nothing is made up, so a required argument may be missing."""
    values: dict[str, tuple[Value, ...]] = {}
    said: set[str] = set()
    rest = sentence
    for filler in FILLERS:
        spans: list[Span] = []
        for parameter in card.parameters:
            if parameter.name in values:
                continue
            if found := filler(parameter, card, rest):
                values[parameter.name] = tuple(dict.fromkeys(found.values))
                spans += found.spans
                said |= {parameter.name} if found.spans else set()
        # After the round, not within: a range is used by a minimum and a maximum.
        rest = blank(rest, spans)
    missing = tuple(one for one in card.parameters if one.required and one.name not in values)
    return Filled(values, frozenset(said), rest, missing)


_TITLED = re.compile(
    r"\b(?:named|called|with\s+the\s+name|name\s+is)\s+"
    r"(\"[^\"]+\"|'[^']+'|[\w-]+(?:\s+[A-Z][\w-]*)*)"
)


def title(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Find `Rex` in `a dog named Rex` for `name`."""
    if parameter.words not in {("name",), ("title",)}:
        return None
    match = _TITLED.search(text)
    return Found((match[1].strip("\"'"),), (match.span(),)) if match else None


def query(parameter: Parameter, card: ToolCard, text: str) -> Found | None:
    """Take the whole sentence for a tool that searches by one."""
    if not parameter.required or not _QUERY_WORDS & set(parameter.words):
        return None
    return Found((" ".join(text.split()),), ())


FILLERS: tuple[Filler, ...] = (
    quoted,  # first: what is quoted is no address and no label of its own
    email,
    described,
    identifiers,
    title,
    page_size,
    limits,
    price,
    choices,
    category,
    query,
)
