"""Ours, with and without its parts, and what it is measured against.

*Keywords* is the routing that the platform's guide begins with: the first list of words of which
one is anywhere in the text. *Nearest phrase* takes the team of the one phrase that is nearest by
the same sentence model. *Always support* is what a router must beat to be of use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from minilm.embedding import Embedder
from request_routing.classifier import DEFAULT_AGENT, FINANCE, SALES, SRE, Choice
from request_routing.offline import OfflineClassifier, Shares
from request_routing.teams import read_teams, read_vectors

KEYWORDS: Mapping[str, Sequence[str]] = {
    SALES: ("buy", "upgrade", "pricing", "plan", "quote"),
    FINANCE: ("invoice", "billing", "refund", "payment"),
    SRE: ("outage", "incident", "down", "error", "alert"),
}


class Router(Protocol):
    """Gives requests to agents."""

    def route(self, prompt: str) -> str:
        """Return the agent for a request."""


class Ours:
    """The product's classifier; what it is not sure of goes to the default agent."""

    def __init__(self, embedder: Embedder, shares: Shares | None = None) -> None:
        """Take what embeds, and what phrases and words count."""
        self._classifier = OfflineClassifier(embedder, shares)

    def choose(self, prompt: str) -> Choice:
        """Return the choice itself."""
        return self._classifier.classify(prompt)

    def route(self, prompt: str) -> str:
        """Return the agent for a request."""
        choice = self.choose(prompt)
        return choice.agent if choice.is_sure else DEFAULT_AGENT


class Keywords:
    """Words anywhere in the text, list by list."""

    def route(self, prompt: str) -> str:
        """Return the agent for a request."""
        text = prompt.lower()
        hits = (agent for agent, words in KEYWORDS.items() if any(word in text for word in words))
        return next(hits, DEFAULT_AGENT)


class NearestPhrase:
    """One vector of the request, and the cosine."""

    def __init__(self, embedder: Embedder) -> None:
        """Read the phrases."""
        teams = read_teams()
        self._owners = [team.name or DEFAULT_AGENT for team in teams for _ in team.phrases]
        self._vectors, self._embedder = read_vectors(teams), embedder

    def route(self, prompt: str) -> str:
        """Return the agent for a request."""
        return self._owners[int(np.argmax(self._vectors @ self._embedder.embed([prompt])[0]))]


class AlwaysDefault:
    """No routing."""

    def route(self, prompt: str) -> str:
        """Return the agent for a request."""
        return DEFAULT_AGENT
