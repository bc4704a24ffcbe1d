"""What is taught, as the model reads it: token ids of tools and requests, and the model's weights.

`python -m benchmarks.tool_search.training.corpus OUT` writes `corpus.json` and `base.npz`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmarks.tool_search.training import teams
from localcloud.agentcore.gateway.search.texts import sentence_of
from localcloud.agentcore.model import TOOL_NAME_SEPARATOR
from minilm import weights
from minilm.adapter import PARTS
from minilm.embedding import VOCABULARY
from minilm.weights import Affine, Floats
from minilm.wordpiece import MAX_TOKENS, WordPiece


def main(out: Path) -> None:
    """Write both files."""
    tokens = WordPiece.read(VOCABULARY)
    out.mkdir(parents=True, exist_ok=True)
    corpus = [numbered(team, tokens) for team in teams.read()]
    (out / "corpus.json").write_text(json.dumps(corpus), encoding="utf-8")
    np.savez(out / "base.npz", **dict(base()))  # type: ignore[arg-type]


def numbered(team: teams.Team, tokens: WordPiece) -> Mapping[str, object]:
    """Return token ids of a team's tools, and of each request with its tool's place."""
    return {
        "tools": [tokens.ids(_sentence(team.name, tool)) for tool in team.tools],
        "requests": [
            [tokens.ids(request), place]
            for place, tool in enumerate(team.tools)
            for request in tool.requests
        ],
    }


def base() -> Iterator[tuple[str, Floats]]:
    """Return the model's weights by name, matrices put together again."""
    model = weights.read(weights.installed(), positions=MAX_TOKENS)
    yield "words", model.words * model.word_scales
    yield from (("pos", model.positions), ("nw", model.norm.weight), ("nb", model.norm.bias))
    for number, layer in enumerate(model.layers):
        for part in PARTS:
            weight, bias = getattr(layer, part)
            yield f"{number}.{part}.w", weight.transpose(1, 0, 2).reshape(weight.shape[1], -1)
            yield f"{number}.{part}.b", bias.reshape(-1)
        for part in ("attended_norm", "norm"):
            norm: Affine = getattr(layer, part)
            yield f"{number}.{part}.w", norm.weight
            yield f"{number}.{part}.b", norm.bias


def _sentence(team: str, tool: teams.Tool) -> str:
    return sentence_of(f"{team}{TOOL_NAME_SEPARATOR}{tool.name}", tool.description)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
