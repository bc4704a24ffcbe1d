"""Facts, as the model finds them: one sentence each.

Content: the fact itself, as text (Developer Guide, semantic memory strategy).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known
from localcloud.agentcore.memory.extraction.model_backed import prompts, replies
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from localcloud.agentcore.memory.extraction.model_backed.updates import asked


@dataclass(frozen=True)
class ModelFacts:
    """The extractor of semantic strategies."""

    asking: Asking

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the facts in the user's turns; some take the place of what is known."""
        found = await asked(self.asking, heard, known, prompts.facts, replies.facts)
        return [Finding(one.fact, one.fact, replaces=replaced) for one, replaced in found]
