"""The extractors that need no model, by the kind of strategy (botocore `MemoryStrategyType`)."""

from collections.abc import Mapping

from localcloud.agentcore.memory.extraction.episodes import Episodes
from localcloud.agentcore.memory.extraction.model import Extractor
from localcloud.agentcore.memory.extraction.preferences import Preferences
from localcloud.agentcore.memory.extraction.semantic import Facts
from localcloud.agentcore.memory.extraction.summaries import Summaries


def deterministic_extractors() -> Mapping[str, Extractor]:
    """Return an extractor for each kind. They quote and restate, and never invent."""
    return {
        "SEMANTIC": Facts(),
        "USER_PREFERENCE": Preferences(),
        "SUMMARIZATION": Summaries(),
        "EPISODIC": Episodes(),
    }
