"""Preferences, as the model finds them.

Content: `{"context", "preference", "categories"}` as JSON (Developer Guide, user preference memory
strategy).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from localcloud.agentcore.memory.extraction.model import Finding, Heard, Known
from localcloud.agentcore.memory.extraction.model_backed import prompts, replies
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from localcloud.agentcore.memory.extraction.model_backed.updates import Numbered, users_words


@dataclass(frozen=True)
class ModelPreferences:
    """The extractor of user preference strategies."""

    asking: Asking

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the preferences in the user's turns; some take the place of what is known."""
        if not (said := users_words(heard)):
            return []
        near = await known.near(said)
        found = await self.asking.ask(prompts.preferences(heard, near), replies.preferences)
        numbered = Numbered(near)
        return [_finding(one, numbered.taken(one.updates)) for one in found]


def _finding(one: replies.Preference, replaces: str | None) -> Finding:
    content = one.model_dump(include={"context", "preference", "categories"})
    text = json.dumps(content, ensure_ascii=False)
    return Finding(text, one.preference, replaces=replaces)
