"""Summaries: one record a session, which grows with it, of topics as XML.

A topic goes on while the user's turns share words; its name is what its first turn is about. Each
turn is quoted by its first sentences. When a summary has no more room, its oldest topics go.
"""

from collections.abc import Sequence
from typing import Final, TypedDict
from xml.sax.saxutils import escape, quoteattr

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known, Turn
from localcloud.agentcore.memory.extraction.sentences import content_words, sentences, shortened
from localcloud.agentcore.memory.records.model import Record

MAX_CHARACTERS: Final = 16_000
"""Of a record (botocore `MemoryContent`)."""

NAME_WORDS: Final = 4
MAX_WORDS: Final = 50
"""That continue a topic."""

QUOTED_SENTENCES: Final = 2
QUOTED_CHARACTERS: Final = 200
"""Of a turn, so that one topic always has room."""

MAX_LINES: Final = 12
"""Of a topic: beyond, the oldest but the first go."""

SPEAKERS: Final = {"USER": "The user", "ASSISTANT": "The assistant"}


class Topic(TypedDict):
    """A topic as JSON, kept with the record; `words` are those that continue it."""

    name: str
    words: list[str]
    lines: list[str]


class Summaries:
    """The extractor of summary strategies."""

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the summary of all that was heard before and now."""
        slot = slot_of(heard)
        new = _with_turns([], heard.turns)
        return [finding(slot, _gone_on(topics_of(known.about(slot)), new))] if new else []


def slot_of(heard: Heard) -> str:
    """Return what the summary of a session is about."""
    return f"{heard.actor_id} {heard.session_id}"


def topics_of(summary: Record | None) -> list[Topic]:
    """Return the topics of a summary, oldest first; none if there is none yet."""
    return [] if summary is None else [*summary.notes.get("topics", [])]


def topic(name: str, about: Sequence[str], lines: Sequence[str]) -> Topic:
    """Return a topic; `about` are words that continue it."""
    return Topic(name=name, words=[*about[:MAX_WORDS]], lines=[*lines])


def finding(slot: str, topics: list[Topic]) -> Finding:
    """Return the summary of some topics: if there are too many, without the oldest."""
    while len(text := "\n".join(map(_xml, topics))) > MAX_CHARACTERS:
        topics = topics[1:]
    meaning = " ".join(f"{one['name']}. {' '.join(one['lines'])}" for one in topics)
    return Finding(text, meaning, slot, merges=False, notes={"topics": topics})


def _gone_on(topics: list[Topic], new: Sequence[Topic]) -> list[Topic]:
    for one in new:
        if topics and _continues(topics[-1], one["words"]):
            topics[-1] = _joined(topics[-1], one["words"], one["lines"])
        else:
            topics.append(one)
    return topics


def _with_turns(topics: list[Topic], turns: Sequence[Turn]) -> list[Topic]:
    for turn in turns:
        said, lines = content_words(turn.text), [_line(turn)]
        if topics and (turn.role != "USER" or _continues(topics[-1], said)):
            topics[-1] = _joined(topics[-1], said, lines)
        else:
            name = " ".join(said[:NAME_WORDS]) or "conversation"
            topics.append(topic(name, said, lines))
    return topics


def _continues(present: Topic, said: Sequence[str]) -> bool:
    return len(said) <= 1 or not set(present["words"]).isdisjoint(said)


def _joined(present: Topic, said: Sequence[str], lines: Sequence[str]) -> Topic:
    first, *rest = (*present["lines"], *lines)
    about = list(dict.fromkeys((*present["words"], *said)))
    return topic(present["name"], about, [first, *rest[-(MAX_LINES - 1) :]])


def _line(turn: Turn) -> str:
    quoted = shortened(" ".join(sentences(turn.text)[:QUOTED_SENTENCES]), QUOTED_CHARACTERS)
    return f'{SPEAKERS[turn.role]} said: "{quoted}"'


def _xml(present: Topic) -> str:
    lines = "\n".join(escape(line) for line in present["lines"])
    return f"<topic name={quoteattr(present['name'])}>\n{lines}\n</topic>"
