"""Consolidation by the model: it is shown what is known near to what was said, by numbers."""

from collections.abc import Callable, Sequence
from typing import Final, Protocol

from localcloud.agentcore.memory.extraction.model import Heard, Known
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from localcloud.agentcore.memory.extraction.model_backed.prompts import Prompt
from localcloud.agentcore.memory.extraction.sentences import sentences
from localcloud.agentcore.memory.records.model import Record

MOST_SENTENCES: Final = 40
"""Of the user's, the first of them, that records are looked for by."""


type Prompted = Callable[[Heard, Sequence[Record]], Prompt]
"""Puts a prompt together, of what was heard and the records near to it."""


class HasUpdates(Protocol):
    """What the model found; it may name a record by its number."""

    updates: int | None


def users_words(heard: Heard) -> list[str]:
    """Return sentences of the user's new turns; none if only the assistant has spoken."""
    said = [one for turn in heard.turns if turn.role == "USER" for one in sentences(turn.text)]
    return said[:MOST_SENTENCES]


async def asked[T: HasUpdates](
    asking: Asking, heard: Heard, known: Known, prompt: Prompted, read: Callable[[str], list[T]]
) -> list[tuple[T, str | None]]:
    """Return what the model finds in the user's turns, each with the record it replaces, or None.

    Raises:
        ExtractionFailed: see `Asking.ask`.
    """
    if not (said := users_words(heard)):
        return []
    near = await known.near(said)
    found = await asking.ask(prompt(heard, near), read)
    numbered = Numbered(near)
    return [(one, numbered.taken(one.updates)) for one in found]


class Numbered:
    """Records by the numbers a prompt gives them, each of which is there for one finding."""

    def __init__(self, records: Sequence[Record]) -> None:
        """Give records numbers from 1 on."""
        self._ids = {number: record.record_id for number, record in enumerate(records, 1)}

    def taken(self, number: int | None) -> str | None:
        """Return the id of a record, once; None if the number is none, or was taken before."""
        return None if number is None else self._ids.pop(number, None)
