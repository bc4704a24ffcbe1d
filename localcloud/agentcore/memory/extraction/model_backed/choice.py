"""Which extractors a model's name asks for.

`MEMORY_MODEL` names one in the forms of `AGENT_MODEL` (see `assistant.models`), and
`MEMORY_MODEL_OPTIONS` has the arguments of a class. A key in the environment chooses none: what
people say is sent to nobody whom somebody has not named.
"""

from collections.abc import Mapping
from typing import Final

from assistant.models import OFFLINE, make_model
from localcloud.agentcore.memory.extraction.deterministic import deterministic_extractors
from localcloud.agentcore.memory.extraction.model import Extractor
from localcloud.agentcore.memory.extraction.model_backed.asking import Asking
from localcloud.agentcore.memory.extraction.model_backed.episodes import ModelEpisodes
from localcloud.agentcore.memory.extraction.model_backed.facts import ModelFacts
from localcloud.agentcore.memory.extraction.model_backed.preferences import ModelPreferences
from localcloud.agentcore.memory.extraction.model_backed.summaries import ModelSummaries

MEMORY_MODEL: Final = "MEMORY_MODEL"

REQUEST_TIMEOUT_S: Final = 24.0
"""Of one try of a request to the model: a job, which has a minute, may need a second one. Clients
such as Groq's try again by themselves when there is no answer, or one of 429 or 5xx."""


def extractors_of(name: str, environment: Mapping[str, str]) -> Mapping[str, Extractor]:
    """Return the extractors by kind of strategy; only those that ask a model import LangChain.

    Raises:
        assistant.errors.ModelUnavailable: there is no such model, or it lacks its package or key.
    """
    if name == OFFLINE:
        return deterministic_extractors()
    model = make_model(name, environment, timeout_s=REQUEST_TIMEOUT_S, variable=MEMORY_MODEL)
    return model_extractors(Asking(model))


def model_extractors(asking: Asking) -> Mapping[str, Extractor]:
    """Return an extractor for each kind, all of which ask one model."""
    return {
        "SEMANTIC": ModelFacts(asking),
        "USER_PREFERENCE": ModelPreferences(asking),
        "SUMMARIZATION": ModelSummaries(asking),
        "EPISODIC": ModelEpisodes(asking),
    }
