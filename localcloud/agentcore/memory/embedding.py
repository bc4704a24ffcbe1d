"""Vectors of texts, computed aside: the event loop goes on meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from minilm.weights import Floats


class Embeds(Protocol):
    """What gives texts vectors, such as `minilm.embedding.Embedder`."""

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one row of length 1 for each text."""
        ...


type Embed = Callable[[Sequence[str]], Awaitable[Floats]]
"""Gives texts vectors without holding up others."""


def aside(embedder: Embeds) -> Embed:
    """Return how to have texts embedded in a thread."""

    async def embed(texts: Sequence[str]) -> Floats:
        return await asyncio.to_thread(embedder.embed, texts)

    return embed
