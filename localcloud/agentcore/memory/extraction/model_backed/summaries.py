"""Summaries, as the model writes them: topics as XML, one record a session.

The model says what is new and what goes on (AWS: a delta), so that no topic is lost because a model
forgot it. A topic that goes on moves to the end: when there is no more room, the oldest goes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known
from localcloud.agentcore.memory.extraction.model_backed import prompts, replies
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from localcloud.agentcore.memory.extraction.sentences import content_words
from localcloud.agentcore.memory.extraction.summaries import finding, slot_of, topic, topics_of


@dataclass(frozen=True)
class ModelSummaries:
    """The extractor of summary strategies."""

    asking: Asking

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the summary of all that was heard before and now."""
        slot = slot_of(heard)
        said = await self.asking.ask(prompts.summary(heard, known.about(slot)), replies.summary)
        # Looked up once more: it may have been deleted while the model was asked.
        topics = {one["name"]: one for one in topics_of(known.about(slot))}
        for new in said:
            topics.pop(new.name, None)
            lines = [line.strip() for line in new.text.splitlines() if line.strip()]
            topics[new.name] = topic(new.name, content_words(new.text), lines)
        return [finding(slot, [*topics.values()])]
