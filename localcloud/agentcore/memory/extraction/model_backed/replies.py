"""What the model replies, read and checked.

Readers are lenient in what surrounds a reply, such as code fences, a preamble or thoughts aloud,
and strict in the reply itself. What they raise says what is wrong, and quotes nothing.
"""

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated, Final, Literal
from xml.sax.saxutils import unescape

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, TypeAdapter
from pydantic import ValidationError as Invalid

MOST_FINDINGS: Final = 20
"""That are taken from one reply, the first of them: further ones are left out."""

_TOPIC: Final = re.compile(r"""<topic\s+name=(["'])([^<>]*?)\1\s*>""")
_EPISODES: Final = re.compile(r"<episodes>(.*)</episodes>|<episodes\s*/>", re.DOTALL)
_EPISODE: Final = re.compile(
    r"""<episode\s+number=["'](\d{1,4})["']\s*>(.*?)</episode>""", re.DOTALL
)
_PART: Final = re.compile(r"<(\w+)>(.*?)</\1>", re.DOTALL)
_DECODER: Final = json.JSONDecoder()
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}

_in_one_line: Final = AfterValidator(lambda text: " ".join(text.split()))

type Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000), _in_one_line
]
type Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), _in_one_line
]


MAX_CHARACTERS: Final = 20_000
"""Of a reply, thoughts apart: more than the forms have room for. Whatever is in it is read in an
instant, as nothing else goes on meanwhile."""

MOST_BRACKETS: Final = 20
"""In a reply, the first of them, at which a list is looked for."""


class Unreadable(Exception):
    """A reply is not in the form that was asked for."""

    code = "unreadable"


class Fact(BaseModel):
    """A fact, and the number of the record that it makes untrue or completes."""

    fact: Line
    updates: int | None = None


class Preference(BaseModel):
    """A preference, likewise."""

    context: Line
    preference: Line
    categories: list[Name] = Field(max_length=10)
    updates: int | None = None


class Summarized(BaseModel):
    """A topic of a summary, as it is from now on."""

    name: Name
    text: str = Field(min_length=1, max_length=3_000)


class Told(BaseModel):
    """The episode of the exchange with this number."""

    number: int
    situation: Line
    intent: Line
    action: Line
    assessment: Literal["Yes", "No", "Unknown"]
    justification: Line


_FACTS: Final = TypeAdapter(list[Fact])
_PREFERENCES: Final = TypeAdapter(list[Preference])
_SUMMARY: Final = TypeAdapter(list[Summarized])
_TOLD: Final = TypeAdapter(list[Told])


def facts(reply: str) -> list[Fact]:
    """Read a JSON list of facts.

    Raises:
        Unreadable: it is none.
    """
    return _checked(_FACTS, _json(reply))


def preferences(reply: str) -> list[Preference]:
    """Read a JSON list of preferences.

    Raises:
        Unreadable: it is none.
    """
    return _checked(_PREFERENCES, _json(reply))


def summary(reply: str) -> list[Summarized]:
    """Read the topics of a summary, at least one.

    Raises:
        Unreadable: there is none.
    """
    found = [{"name": _plain(name), "text": _plain(text)} for name, text in _topics(_aloud(reply))]
    if not found:
        raise Unreadable('there is no <topic name="..."> in it')
    return _checked(_SUMMARY, found)


def episodes(reply: str) -> list[Told]:
    """Read episodes, if there are any, within `<episodes>`.

    Raises:
        Unreadable: they are not there, or lack a part.
    """
    within = _EPISODES.search(_aloud(reply))
    if within is None:
        raise Unreadable("there is no <episodes> in it")
    return _checked(_TOLD, [_parts(*one) for one in _EPISODE.findall(within[1] or "")])


def _topics(aloud: str) -> Iterator[tuple[str, str]]:
    for opening in _TOPIC.finditer(aloud):
        end = aloud.find("</topic>", opening.end())
        if end >= 0:
            yield opening[2], aloud[opening.end() : end]


def _parts(number: str, episode: str) -> dict[str, object]:
    parts = {name: _plain(text) for name, text in _PART.findall(episode)}
    return {**parts, "number": int(number), "assessment": parts.get("assessment", "").capitalize()}


def _json(reply: str) -> Sequence[object]:
    """Return the first JSON list in a reply."""
    aloud = _aloud(reply)
    for bracket in islice(re.finditer(r"\[", aloud), MOST_BRACKETS):
        with contextlib.suppress(ValueError, RecursionError):
            found: list[object] = _DECODER.raw_decode(aloud, bracket.start())[0]
            return found
    raise Unreadable("there is no JSON list in it")


def _checked[T](form: TypeAdapter[list[T]], given: Sequence[object]) -> list[T]:
    try:
        read = form.validate_python(given)
    except Invalid as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise Unreadable(f"{place}: {first['msg']}" if place else first["msg"]) from None
    return read[:MOST_FINDINGS]


def _aloud(reply: str) -> str:
    """Return a reply without the thoughts before it."""
    aloud = reply.rpartition("</think>")[2]
    if len(aloud) > MAX_CHARACTERS:
        raise Unreadable("it is too long")
    return aloud


def _plain(text: str) -> str:
    return unescape(text, _QUOTES).strip()
