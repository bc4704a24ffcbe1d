"""Teach the upper half of all-MiniLM-L6-v2 which tool serves a request.

For 16 requests at a time, each is to be more like the tools that serve it than like all others of
the step: by the two vectors, and by these and the tokens, as the search's index compares (InfoNCE).
Learnt are low-rank additions to the matrices of three layers, and nothing else.

A program of its own: `python teach.py FOLDER ADAPTER`, with torch and numpy, in one thread.
"""

# ruff: noqa: S311 - what is drawn is no secret
from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

RANK = 16
FIRST_LAYER, LAYERS = 3, 6
PARTS = ("attend", "attended", "widen", "narrow")
WIDTH, HEADS, EPSILON = 384, 12, 1e-12

STEPS, WARM_STEPS = 160, 20
REQUESTS_A_STEP = 16
LEARNING_RATE, DECAY, TEMPERATURE = 8e-4, 0.01, 0.05
CROP = 40
"""Tokens of a text that are looked at while learning."""

MIX = {"seal": 2, "meta": 2, "stb": 2, "clinc": 2, "bank": 1}
"""How often a step is from which source."""

SEED = 1


class Read(NamedTuple):
    """Texts as the model reads them: (texts, 384), (texts, tokens, 384), and which tokens count."""

    vectors: Tensor
    tokens: Tensor
    counts: Tensor


class Model:
    """The model, and what is added to it."""

    def __init__(self, base: Mapping[str, Any]) -> None:
        """Take the weights."""
        self._base = {name: torch.from_numpy(value.copy()) for name, value in base.items()}
        self.added: dict[str, Tensor] = {}
        for number in range(FIRST_LAYER, LAYERS):
            for part in PARTS:
                rows, columns = self._base[f"{number}.{part}.w"].shape
                left = torch.randn(rows, RANK) / math.sqrt(rows)
                self.added[f"{number}.{part}.A"] = left.requires_grad_()
                self.added[f"{number}.{part}.B"] = torch.zeros(RANK, columns).requires_grad_()

    def read(self, texts: Sequence[Sequence[int]]) -> Read:
        """Read texts, token by token."""
        lengths = torch.tensor([len(text) for text in texts])
        places = torch.arange(int(lengths.max()))
        ids = torch.zeros(len(texts), len(places), dtype=torch.long)
        for row, text in enumerate(texts):
            ids[row, : len(text)] = torch.tensor(text)
        there = places < lengths[:, None]
        hidden = self._normed(self._base["words"][ids] + self._base["pos"][: len(places)], "n")
        with torch.no_grad():
            for number in range(FIRST_LAYER):
                hidden = self._layer(hidden, there, number)
        for number in range(FIRST_LAYER, LAYERS):
            hidden = self._layer(hidden, there, number)
        mean = (hidden * there[..., None]).sum(1) / lengths[:, None]
        inner = there & (places > 0) & (places < lengths[:, None] - 1)
        return Read(_unit(mean), _unit(hidden), inner)

    def _layer(self, hidden: Tensor, there: Tensor, number: int) -> Tensor:
        count, length, _ = hidden.shape
        parts = self._affine(hidden, f"{number}.attend").view(count, length, 3, HEADS, -1)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        weight = (query @ key.transpose(-1, -2)).masked_fill(~there[:, None, None], -1e9)
        mixed = (weight.softmax(-1) @ value).transpose(1, 2).reshape(count, length, WIDTH)
        attended = self._affine(mixed, f"{number}.attended") + hidden
        hidden = self._normed(attended, f"{number}.attended_norm.")
        wide = functional.gelu(self._affine(hidden, f"{number}.widen"))
        return self._normed(self._affine(wide, f"{number}.narrow") + hidden, f"{number}.norm.")

    def _affine(self, rows: Tensor, name: str) -> Tensor:
        out = rows @ self._base[f"{name}.w"] + self._base[f"{name}.b"]
        if f"{name}.A" in self.added:
            out = out + (rows @ self.added[f"{name}.A"]) @ self.added[f"{name}.B"]
        return out

    def _normed(self, rows: Tensor, name: str) -> Tensor:
        weight, bias = self._base[f"{name}w"], self._base[f"{name}b"]
        return functional.layer_norm(rows, (WIDTH,), weight, bias, EPSILON)


def loss(requests: Read, tools: Read, serves: Tensor) -> Tensor:
    """Return how far requests are from being most like what serves them."""
    whole = requests.vectors @ tools.vectors.T
    cosines = torch.einsum("rid,tjd->rtij", requests.tokens, tools.tokens)
    nearest = cosines.masked_fill(~tools.counts[None, :, None], -1).amax(-1)
    counts = requests.counts[:, None].float()
    tokens = (nearest * counts).sum(-1) / counts.sum(-1)
    parts = (whole / TEMPERATURE, (whole + tokens) / (2 * TEMPERATURE))
    return sum(
        (one.logsumexp(1) - one.masked_fill(~serves, -1e9).logsumexp(1)).mean() for one in parts
    )


def step_loss(model: Model, source: Mapping[str, Any]) -> Tensor:
    """Draw some requests of a source, and one more tool for each, and return their loss."""
    drawn = random.sample(range(len(source["queries"])), REQUESTS_A_STEP)
    places: list[int] = []
    for one in drawn:
        places += [random.choice(source["pos"][one]), random.choice(source["hard"][one])]
    places = list(dict.fromkeys(places))
    serves = torch.tensor([[place in source["pos"][one] for place in places] for one in drawn])
    requests = model.read([_cropped(source["queries"][one]) for one in drawn])
    return loss(requests, model.read([_cropped(source["tools"][at]) for at in places]), serves)


def teach(model: Model, corpus: Mapping[str, Mapping[str, Any]]) -> None:
    """Take all steps."""
    learnt = list(model.added.values())
    optimizer = torch.optim.AdamW(learnt, lr=LEARNING_RATE, weight_decay=DECAY)
    for step in range(STEPS):
        (name,) = random.choices(list(MIX), list(MIX.values()))
        rate = LEARNING_RATE * min(1, (step + 1) / WARM_STEPS) * (1 - step / STEPS)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        found = step_loss(model, corpus[name])
        found.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        print(f"{step + 1} of {STEPS}, {name}: {found.item():.3f}", flush=True)


def main(folder: Path, out: Path) -> None:
    """Teach, and write the adapter with two bytes a number."""
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    random.seed(SEED)
    model = Model(np.load(folder / "base.npz"))
    teach(model, json.loads((folder / "corpus.json").read_text(encoding="utf-8")))
    added = {name: one.detach().numpy().astype(np.float16) for name, one in model.added.items()}
    np.savez(out, **added)


def _unit(rows: Tensor) -> Tensor:
    return functional.normalize(rows, dim=-1)


def _cropped(ids: Sequence[int]) -> Sequence[int]:
    return ids if len(ids) <= CROP else [*ids[: CROP - 1], ids[-1]]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
