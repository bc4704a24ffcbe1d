"""Which team a request is for: the choice, and the interface of whatever makes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

SUPPORT, SALES, SRE, FINANCE = "support-agent", "sales-agent", "sre-agent", "finance-agent"
AGENTS: Final = (SUPPORT, SALES, SRE, FINANCE)

DEFAULT_AGENT: Final = SUPPORT
"""Who takes what is not clearly for anybody."""

SURE: Final = 0.5
"""From this confidence on a choice is followed: likelier than all other teams together."""


@dataclass(frozen=True)
class Choice:
    """A team for a request.

    Attributes:
        agent: one of AGENTS.
        confidence: 0 to 1; among choices of 0.8, about eight in ten are right.
        reason: one sentence for people.
        evidence: what decided: words of the request, and phrases that it is like.
    """

    agent: str
    confidence: float
    reason: str
    evidence: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether to follow it, rather than go to DEFAULT_AGENT."""
        return self.confidence >= SURE


class Classifier(Protocol):
    """Chooses teams."""

    def classify(self, prompt: str) -> Choice:
        """Return the likeliest team, however unlikely: see `Choice.is_sure`. It may block."""


def offline_classifier() -> Classifier:
    """Return the classifier that needs no network; the same prompt gets the same choice.

    Its data are read with the first prompt.

    Raises:
        TeamsUnreadable: with the first prompt: the package is incomplete.
    """
    from request_routing.offline import OfflineClassifier  # noqa: PLC0415 - numpy

    return OfflineClassifier()
