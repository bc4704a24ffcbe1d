"""Say what tools answered, in plain sentences made of nothing but their results.

A JSON result becomes records; a record is put by what its keys say: a name, a type, a price in
cents, an id. Words of our own are only the fixed phrases in this module.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assistant.offline.focus import Focus
from assistant.offline.found import Value
from assistant.offline.words import split_identifier, stem, tokens, word_set

type Record = Mapping[str, Any]

_LABELS = ("name", "title", "subject", "label")
_CATEGORIES = ("type", "kind", "category", "species", "class")
_PROSE = ("description", "summary", "text", "content", "answer")
_EXPLANATIONS = ("detail", "message", "Message", "title", "error")
# Bookkeeping of the store: true, but nobody asked.
_SILENT = word_set("version etag createdAt updatedAt")


@dataclass(frozen=True)
class Answered:
    """One tool's answer to one call.

    Attributes:
        label: the operation as people say it, for naming who failed.
        arguments: what the call was made with.
        text: as the tool gave it: JSON, or anything else.
    """

    label: str
    arguments: Mapping[str, Value]
    text: str
    is_error: bool


@dataclass(frozen=True)
class Page:
    """A result in parts: the records, what they are called, and where the next ones are."""

    records: tuple[Record, ...]
    noun: str
    is_list: bool
    more: Mapping[str, str] = field(default_factory=dict)


def read_page(text: str) -> Page | None:
    """Read a JSON result: a list of objects, an object around one, or a single object.

    Returns:
        None for anything else, which is then quoted as it is.
    """
    try:
        value = json.loads(text)
    except ValueError:
        return None
    if isinstance(value, dict):
        return _read_object(value)
    return Page(tuple(value), "result", is_list=True) if _is_records(value) else None


def _read_object(value: dict[str, Any]) -> Page:
    lists = [key for key, one in value.items() if _is_records(one)]
    if len(lists) != 1:
        return Page((value,), "result", is_list=False)
    rest = {key: one for key, one in value.items() if key != lists[0]}
    more = {
        key: one for key, one in rest.items() if is_cursor(key) and isinstance(one, str) and one
    }
    return Page(tuple(value[lists[0]]), lists[0], is_list=True, more=more)


def _is_records(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def is_cursor(key: str) -> bool:
    """Whether a member or an argument says where to go on in a list."""
    return not {"token", "cursor", "marker"}.isdisjoint(split_identifier(key))


def quote(answers: Sequence[Answered], focus: Focus) -> str:
    """Answer one clause from what its calls gave."""
    lines = [_failure(one) for one in answers if one.is_error]
    good = [one for one in answers if not one.is_error]
    pages = [(one, read_page(one.text)) for one in good]
    lines += [one.text for one, page in pages if page is None]
    read = [page for _, page in pages if page is not None]
    if read:
        lines += _say(read, good, focus)
    return "\n".join(lines)


def _has_more(pages: Sequence[Page], answers: Sequence[Answered]) -> bool:
    """Whether a page was announced that none of the calls has read."""
    read = [one.arguments.items() for one in answers]
    return any(page.more and not any(page.more.items() <= one for one in read) for page in pages)


def _failure(answer: Answered) -> str:
    return f"I could not {answer.label}: {explanation(answer.text)}"


def explanation(text: str) -> str:
    """Find the sentence for people in an error: of a JSON body, or the text itself."""
    try:
        value = json.loads(text)
    except ValueError:
        return " ".join(text.split())
    if isinstance(value, dict):
        found = (value[key] for key in _EXPLANATIONS if isinstance(value.get(key), str))
        return next(found, text)
    return text


def _say(pages: Sequence[Page], answers: Sequence[Answered], focus: Focus) -> list[str]:
    records = list(
        {json.dumps(r, sort_keys=True): r for page in pages for r in page.records}.values()
    )
    noun = next((page.noun for page in pages if page.is_list), pages[0].noun)
    if not any(page.is_list for page in pages):
        return [detail(one) for one in records if one] or ["I found nothing."]
    rest = [f"There are more {noun} than I have read."] if _has_more(pages, answers) else []
    if focus.names:
        said, all_found = _say_named(records, noun, focus.names)
        return said if all_found else [*said, *rest]
    records = [one for one in records if not any(mentions(one, word) for word in focus.without)]
    if focus.extreme:
        said = [detail(one) for one in _extremes(records, focus)]
        return [*(said or [_none(noun, answers)]), *rest]
    if not records:
        return [_none(noun, answers)]
    lines, records = _narrow(records, focus)
    lines.append(f"I found {len(records)} {_counted(noun, len(records))}:")
    lines += [f"- {line(one)}" for one in records]
    return [*lines, *rest]


def _distinct(records: Iterable[Record]) -> list[Record]:
    return list({json.dumps(one, sort_keys=True): one for one in records}.values())


def _say_named(
    records: Sequence[Record], noun: str, names: Iterable[str]
) -> tuple[list[str], bool]:
    lines: list[str] = []
    all_found = True
    for name in names:
        found = [one for one in records if is_called(one, name)]
        lines += [detail(one) for one in found]
        if not found:
            all_found = False
            lines.append(f'I found nothing called "{name}" among the {noun}.')
    return lines, all_found


def _narrow(records: list[Record], focus: Focus) -> tuple[list[str], list[Record]]:
    """Keep the records that have the words the tool does not know; own up to those none has."""
    said = {word: [one for one in records if mentions(one, stem(word))] for word in focus.words}
    silent = [word for word, having in said.items() if not having]
    kept = [one for one in records if all(one in having for having in said.values() if having)]
    return [f"Nothing here mentions {_either(silent)}."] if silent else [], kept or records


def _either(words: Sequence[str]) -> str:
    return " or ".join(f'"{one}"' for one in words)


def _none(noun: str, answers: Sequence[Answered]) -> str:
    asked = [_argument(key, value) for one in answers for key, value in one.arguments.items()]
    said = ", ".join(dict.fromkeys(one for one in asked if one))
    return f"I found no {noun} ({said})." if said else f"I found no {noun}."


def _argument(key: str, value: Value) -> str:
    if is_cursor(key):
        return ""
    words = split_identifier(key)
    return f"{' '.join(one for one in words if one != 'cents')}: {_value(key, value)}"


def _counted(noun: str, count: int) -> str:
    return stem(noun) if count == 1 else noun


def is_called(record: Record, name: str) -> bool:
    """Whether the record's own name has all the words of `name`."""
    label = {one.stem for one in tokens(_first(record, _LABELS))}
    return bool(label) and {one.stem for one in tokens(name)} <= label


def mentions(record: Record, word: str) -> bool:
    """Whether any text of the record has the word, given as a stem."""
    texts = [one for one in record.values() if isinstance(one, str)]
    return any(word == one.stem for text in texts for one in tokens(text))


def _extremes(records: Sequence[Record], focus: Focus) -> list[Record]:
    """Pick the cheapest or the dearest; what costs the same as the last one is in, too."""
    priced = [(cents, one) for one in records if (cents := _cents(one)) is not None]
    ordered = sorted(priced, key=lambda one: one[0], reverse=focus.extreme == "max")
    kept = {cents for cents, _ in ordered[: focus.count]}
    return [one for cents, one in ordered if cents in kept]


def _cents(record: Record) -> int | None:
    return next(
        (value for key, value in record.items() if _is_money(key) and isinstance(value, int)), None
    )


def line(record: Record) -> str:
    """Put a record on one line of a list: `Buddy (dog): $249.99`."""
    prices = ", ".join(_value(key, value) for key, value in record.items() if _is_money(key))
    named = _named(record)
    if not named:
        return ", ".join(f"{key}: {_value(key, value)}" for key, value in _plain(record))
    return f"{named}: {prices}" if prices else named


def detail(record: Record) -> str:
    """Put all there is to say of a record: `Buddy (dog) costs $249.99. A friendly dog. ...`."""
    named = _named(record)
    said = [key for key in (*_LABELS, *_CATEGORIES) if key in record]
    prices = [_value(key, value) for key, value in record.items() if _is_money(key)]
    if not named:
        return line(record)
    first = f"{named} costs {' or '.join(prices)}" if prices else named
    prose = [str(record[key]) for key in _PROSE if record.get(key)]
    rest = [
        f"{_heading(key)}: {_value(key, value)}"
        for key, value in _plain(record)
        if key not in (*said, *_PROSE) and not _is_money(key)
    ]
    return " ".join(_sentence(one) for one in (first, *prose, *rest))


def _sentence(text: str) -> str:
    flat = " ".join(text.split())
    return flat if flat.endswith((".", "!", "?")) else f"{flat}."


def _named(record: Record) -> str:
    label = _first(record, _LABELS)
    kind = _first(record, _CATEGORIES)
    return f"{label} ({kind})" if label and kind else label


def _first(record: Record, keys: Iterable[str]) -> str:
    return next((str(record[key]) for key in keys if record.get(key)), "")


def _plain(record: Record) -> list[tuple[str, Any]]:
    return [
        (key, value)
        for key, value in record.items()
        if key not in _SILENT and value is not None and not isinstance(value, dict | list)
    ]


def _heading(key: str) -> str:
    return " ".join(split_identifier(key)).capitalize()


def _is_money(key: str) -> bool:
    return split_identifier(key)[-1:] == ("cents",)


def _value(key: str, value: object) -> str:
    if _is_money(key) and re.fullmatch(r"\d+", str(value)):
        return f"${int(str(value)) // 100:,}.{int(str(value)) % 100:02}"
    return str(value)
