"""Facts, as the model finds them: one sentence each.

Content: the fact itself, as text (Developer Guide, semantic memory strategy).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known
from localcloud.agentcore.memory.extraction.model_backed import prompts, replies
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from localcloud.agentcore.memory.extraction.model_backed.updates import Numbered, users_words


@dataclass(frozen=True)
class ModelFacts:
    """The extractor of semantic strategies."""

    asking: Asking

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the facts in the user's turns; some take the place of what is known."""
        if not (said := users_words(heard)):
            return []
        near = await known.near(said)
        found = await self.asking.ask(prompts.facts(heard, near), replies.facts)
        numbered = Numbered(near)
        return [Finding(one.fact, one.fact, replaces=numbered.taken(one.updates)) for one in found]
