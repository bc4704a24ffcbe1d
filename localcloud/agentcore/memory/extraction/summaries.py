"""Summaries: one record a session, which grows with it, of topics as XML.

A topic goes on while the user's turns share words; its name is what its first turn is about. Each
turn is quoted by its first sentences. When a summary has no more room, its oldest topics go.
"""

from collections.abc import Sequence
from typing import Final, TypedDict
from xml.sax.saxutils import escape, quoteattr

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Turn
from localcloud.agentcore.memory.extraction.sentences import content_words, sentences, shortened
from localcloud.agentcore.model import JsonObject

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

    async def extract(self, heard: Heard) -> Sequence[Finding]:
        """Return a summary of the new turns alone."""
        topics = _with_turns([], heard.turns)
        return [_finding(f"{heard.actor_id} {heard.session_id}", topics)] if topics else []

    def revise(self, known: JsonObject, found: Finding) -> Finding:
        """Return the summary of all that was heard before and now."""
        topics: list[Topic] = [*known.get("topics", [])]
        for topic in found.notes["topics"]:
            if topics and _continues(topics[-1], topic["words"]):
                topics[-1] = _joined(topics[-1], topic["words"], topic["lines"])
            else:
                topics.append(topic)
        return _finding(found.slot or "", topics)


def _with_turns(topics: list[Topic], turns: Sequence[Turn]) -> list[Topic]:
    for turn in turns:
        said, lines = content_words(turn.text), [_line(turn)]
        if topics and (turn.role != "USER" or _continues(topics[-1], said)):
            topics[-1] = _joined(topics[-1], said, lines)
        else:
            name = " ".join(said[:NAME_WORDS]) or "conversation"
            topics.append(Topic(name=name, words=said[:MAX_WORDS], lines=lines))
    return topics


def _continues(topic: Topic, said: Sequence[str]) -> bool:
    return len(said) <= 1 or not set(topic["words"]).isdisjoint(said)


def _joined(topic: Topic, said: Sequence[str], lines: Sequence[str]) -> Topic:
    first, *rest = (*topic["lines"], *lines)
    known = list(dict.fromkeys((*topic["words"], *said)))
    kept = [first, *rest[-(MAX_LINES - 1) :]]
    return Topic(name=topic["name"], words=known[:MAX_WORDS], lines=kept)


def _line(turn: Turn) -> str:
    quoted = shortened(" ".join(sentences(turn.text)[:QUOTED_SENTENCES]), QUOTED_CHARACTERS)
    return f'{SPEAKERS[turn.role]} said: "{quoted}"'


def _finding(slot: str, topics: list[Topic]) -> Finding:
    while len(text := "\n".join(map(_xml, topics))) > MAX_CHARACTERS:
        topics = topics[1:]
    meaning = " ".join(f"{topic['name']}. {' '.join(topic['lines'])}" for topic in topics)
    return Finding(text, meaning, slot, merges=False, notes={"topics": topics})


def _xml(topic: Topic) -> str:
    lines = "\n".join(escape(line) for line in topic["lines"])
    return f"<topic name={quoteattr(topic['name'])}>\n{lines}\n</topic>"
