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
from localcloud.agentcore.memory.extraction.model_backed.updates import asked


@dataclass(frozen=True)
class ModelPreferences:
    """The extractor of user preference strategies."""

    asking: Asking

    async def extract(self, heard: Heard, known: Known) -> Sequence[Finding]:
        """Return the preferences in the user's turns; some take the place of what is known."""
        found = await asked(self.asking, heard, known, prompts.preferences, replies.preferences)
        return [_finding(one, replaced) for one, replaced in found]


def _finding(one: replies.Preference, replaces: str | None) -> Finding:
    content = one.model_dump(include={"context", "preference", "categories"})
    text = json.dumps(content, ensure_ascii=False)
    return Finding(text, one.preference, replaces=replaces)
