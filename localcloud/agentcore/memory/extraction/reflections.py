"""Reflections: what several episodes that are alike have in common, as XML.

The elements follow what AWS says a reflection holds; when there are enough episodes, and what they
are worth, is ours (claim `memory.extraction.reflection`).
"""

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from localcloud.agentcore.memory.extraction.model import Finding
from localcloud.agentcore.memory.extraction.sentences import shortened
from localcloud.agentcore.memory.records.model import Record

ALIKE: Final = 0.7
"""Cosine of two intents from which on their episodes are alike."""

SEVERAL: Final = 3
"""Episodes that are alike, none of which failed, that make a reflection."""

MAX_TOLD: Final = 6
"""Episodes a reflection quotes, the newest of them."""

QUOTED_CHARACTERS: Final = 200
"""Of each: escaped, all of it fits into a record."""


def is_episode(record: Record) -> bool:
    """Tell whether a record is an episode, by the notes its extractor left."""
    return {"intent", "action", "assessment"} <= record.notes.keys()


def reflection_on(episodes: Sequence[Record]) -> Finding | None:
    """Return what episodes that are alike teach, or None while there are too few that agree.

    It is about the oldest of them, so that it is written anew as more of them join.
    """
    agreeing = [one for one in episodes if one.notes["assessment"] != "No"]
    if len(agreeing) < SEVERAL:
        return None
    oldest, *_ = told = sorted(agreeing, key=lambda one: (one.created_at, one.record_id))
    helped = sum(one.notes["assessment"] == "Yes" for one in told)
    title = oldest.notes["intent"]
    parts = {
        "title": title,
        "use_cases": _quotes(told, "intent"),
        "hints": f"It was answered: {_quotes(told, 'action')}",
        "confidence": f"{(helped + 1) / (len(episodes) + 2):.2f}",
    }
    lines = "\n".join(f"<{name}>{escape(said)}</{name}>" for name, said in parts.items())
    text = f"<reflection>\n{lines}\n</reflection>"
    return Finding(text, title, f"reflection {oldest.record_id}", merges=False)


def _quotes(episodes: Sequence[Record], note: str) -> str:
    quoted = dict.fromkeys(
        shortened(one.notes[note], QUOTED_CHARACTERS) for one in episodes[-MAX_TOLD:]
    )
    return "; ".join(f'"{one}"' for one in quoted)
