"""Episodes, as the model tells them, of exchanges that are found without one.

Which turns make an exchange is known without a model (see `extraction.episodes`), so an episode is
one record however often it is told. The exchange before the new ones is told again if it has one:
what the user says now may tell what came of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from localcloud.agentcore.memory.extraction.episodes import Exchange, exchanges, finding, slot_of
from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known
from localcloud.agentcore.memory.extraction.model_backed import prompts, replies
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from localcloud.agentcore.memory.extraction.sentences import shortened

MAX_PART_CHARACTERS: Final = 600
"""Of each part of an episode: escaped, all of them fit into a record."""


@dataclass(frozen=True)
class ModelEpisodes:
    """The extractor of episodic strategies."""

    asking: Asking

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the episodes that the new turns finish, or say something about."""
        all_of_them = exchanges(heard.earlier, heard.turns)
        wanted = _wanted(heard, all_of_them, known)
        if not wanted:
            return []
        prompt = prompts.episodes(heard, all_of_them, wanted)
        told = await self.asking.ask(prompt, replies.episodes)
        return [
            finding(heard, wanted[one.number], _parts(one), _notes(one))
            for one in told
            if one.number in wanted
        ]


def _wanted(heard: Heard, all_of_them: Sequence[Exchange], known: Known) -> dict[int, Exchange]:
    """Return exchanges to tell, by their places."""
    first = next((n for n, one in enumerate(all_of_them) if one.is_new), len(all_of_them))
    return {
        number: exchange
        for number, exchange in enumerate(all_of_them)
        if number >= first - 1 and exchange.asked and exchange.answered
        if exchange.is_new or known.about(slot_of(heard, exchange))
    }


def _parts(told: replies.Told) -> dict[str, str]:
    parts = told.model_dump(exclude={"number"})
    return {name: shortened(text, MAX_PART_CHARACTERS) for name, text in parts.items()}


def _notes(told: replies.Told) -> dict[str, str]:
    parts = _parts(told)
    return {name: parts[name] for name in ("intent", "action", "assessment")}
