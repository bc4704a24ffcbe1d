"""The sentence model that tools are found with: all-MiniLM-L6-v2, taught to.

It knows which sentences mean the same. A request and the tool that serves it do not: "the salmon
is gone" is no description of a tool. `adapter.npz` moves them together; benchmarks/tool_search/
training has what it was made with.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from minilm.adapter import AdaptedEmbedder
from minilm.embedding import Embedder
from minilm.weights import SHA256

ADAPTER: Final = Path(__file__).parent / "adapter.npz"


def tool_model(base: Embedder) -> Embedder:
    """Return the model for tools and for what is asked of them, on top of another's weights."""
    return AdaptedEmbedder(base, ADAPTER)


@cache
def model_id() -> str:
    """Return what changes whenever the model reads a text in another way."""
    return f"{SHA256} {hashlib.sha256(ADAPTER.read_bytes()).hexdigest()}"
