"""What the model is asked: a task and a form as the system's words, and data as the user's.

What was said is data: it is escaped, so that nothing in it can end the element it stands in.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from localcloud.agentcore.memory.extraction.episodes import Exchange
from localcloud.agentcore.memory.extraction.model import Heard, Turn
from localcloud.agentcore.memory.extraction.model_backed.wording import (
    DATA,
    EPISODES,
    EPISODES_FORM,
    FACTS,
    FACTS_FORM,
    PREFERENCES,
    PREFERENCES_FORM,
    SUMMARY,
    SUMMARY_FORM,
)
from localcloud.agentcore.memory.records.model import Record

MAX_CURRENT_CHARACTERS: Final = 40_000
"""Of the new turns in a prompt. If they are longer, the longest of them are cut."""

MAX_PAST_CHARACTERS: Final = 10_000
"""Of the turns before them."""

MAX_KNOWN_CHARACTERS: Final = 20_000
"""Of what is known already: a summary has 16,000 at most."""

_CUT_ENTITY: Final = re.compile(r"&\w{0,4}$")


@dataclass(frozen=True)
class Prompt:
    """What is asked: `system` is ours and the memory's owner's, `user` is data."""

    system: str
    user: str


def facts(heard: Heard, known: Sequence[Record]) -> Prompt:
    """Ask for facts."""
    return _prompt(FACTS, FACTS_FORM, heard, _known(known), _conversation(heard))


def preferences(heard: Heard, known: Sequence[Record]) -> Prompt:
    """Ask for preferences."""
    return _prompt(PREFERENCES, PREFERENCES_FORM, heard, _known(known), _conversation(heard))


def summary(heard: Heard, known: Record | None) -> Prompt:
    """Ask for the topics that are new or go on."""
    so_far = [known.text] if known else []
    said = _element("current_conversation", _turns(heard.turns, MAX_CURRENT_CHARACTERS))
    shown = _element("known", fitted(so_far, MAX_KNOWN_CHARACTERS))
    return _prompt(SUMMARY, SUMMARY_FORM, heard, shown, said)


def episodes(heard: Heard, exchanges: Sequence[Exchange], wanted: Iterable[int]) -> Prompt:
    """Ask for the episodes of those exchanges whose places are wanted; the others explain them."""
    room = MAX_CURRENT_CHARACTERS // max(len(exchanges), 1)
    numbered = set(wanted)
    shown = [
        _element(
            "exchange",
            _turns(_turns_of(exchange), room),
            f' number="{place}"' if place in numbered else "",
        )
        for place, exchange in enumerate(exchanges)
    ]
    return _prompt(EPISODES, EPISODES_FORM, heard, _element("conversation", shown))


def fitted(texts: Sequence[str], most: int) -> list[str]:
    """Escape texts, and cut the longest of them so that all together have `most` characters."""
    escaped = [escape(text) for text in texts]
    longest = _longest([len(text) for text in escaped], most)
    return [text if len(text) <= longest else _cut(text, longest) for text in escaped]


def _longest(lengths: Sequence[int], most: int) -> int:
    """Return how long one text may be: what short ones leave is for the long ones."""
    left = most
    for done, length in enumerate(sorted(lengths)):
        share = left // (len(lengths) - done)
        if length > share:
            return share
        left -= length
    return most


def _cut(escaped: str, most: int) -> str:
    return f"{_CUT_ENTITY.sub('', escaped[: max(most - 1, 0)])}…"


def _prompt(task: str, form: str, heard: Heard, *data: str) -> Prompt:
    """Put a prompt together; the form and the warning come last, as on AWS."""
    system = "\n\n".join(filter(None, (task, heard.instructions, DATA, form)))
    return Prompt(system, "\n".join(data))


def _conversation(heard: Heard) -> str:
    past = _element("past_conversation", _turns(heard.earlier, MAX_PAST_CHARACTERS))
    now = _element("current_conversation", _turns(heard.turns, MAX_CURRENT_CHARACTERS))
    return f"{past}\n{now}"


def _known(records: Sequence[Record]) -> str:
    texts = fitted([record.text for record in records], MAX_KNOWN_CHARACTERS)
    lines = [f'<record number="{place}">{text}</record>' for place, text in enumerate(texts, 1)]
    return _element("known", lines)


def _turns(turns: Sequence[Turn], most: int) -> list[str]:
    texts = fitted([turn.text for turn in turns], most)
    return [
        f'<turn speaker="{turn.role}">{text}</turn>'
        for turn, text in zip(turns, texts, strict=True)
    ]


def _turns_of(exchange: Exchange) -> list[Turn]:
    asked = [Turn("USER", text) for text in exchange.asked]
    answered = [Turn("ASSISTANT", text) for text in exchange.answered]
    feedback = [Turn("USER", exchange.feedback)] if exchange.feedback else []
    return [*asked, *answered, *feedback]


def _element(name: str, lines: Iterable[str], attributes: str = "") -> str:
    return "\n".join((f"<{name}{attributes}>", *lines, f"</{name}>"))
