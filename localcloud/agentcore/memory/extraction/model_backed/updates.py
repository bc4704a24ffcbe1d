"""Consolidation by the model: it is shown what is known near to what was said, by numbers."""

from collections.abc import Sequence
from typing import Final

from localcloud.agentcore.memory.extraction.model import Heard
from localcloud.agentcore.memory.extraction.sentences import sentences
from localcloud.agentcore.memory.records.model import Record

MOST_SENTENCES: Final = 40
"""Of the user's, the first of them, that records are looked for by."""


def users_words(heard: Heard) -> list[str]:
    """Return sentences of the user's new turns; none if only the assistant has spoken."""
    said = [one for turn in heard.turns if turn.role == "USER" for one in sentences(turn.text)]
    return said[:MOST_SENTENCES]


class Numbered:
    """Records by the numbers a prompt gives them, each of which is there for one finding."""

    def __init__(self, records: Sequence[Record]) -> None:
        """Give records numbers from 1 on."""
        self._ids = {number: record.record_id for number, record in enumerate(records, 1)}

    def taken(self, number: int | None) -> str | None:
        """Return the id of a record, once; None if the number is none, or was taken before."""
        return None if number is None else self._ids.pop(number, None)
