"""Teach all-MiniLM-L6-v2 which tool serves a request.

A step takes some teams. Each of their requests is to be more like the tool that serves it than like
all other tools of the step, its team's own before all: by the two vectors, and by these and the
tokens, as the search's index compares (InfoNCE). Learnt are low-rank additions to the matrices, and
nothing else.

A program of its own: `python teach.py FOLDER ADAPTER`, with torch and numpy.
"""

from __future__ import annotations

import json
import math
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

RANK = 16
LAYERS = 6
PARTS = ("attend", "attended", "widen", "narrow")
WIDTH, HEADS, EPSILON = 384, 12, 1e-12

STEPS, WARM_STEPS = 1200, 30
TEAMS_A_STEP = 4
REQUESTS_A_STEP = 48
LEARNING_RATE, DECAY, DROPOUT, TEMPERATURE = 8e-4, 0.01, 0.1, 0.05
WHOLE_SHARE = 1.5
"""What the vectors count beside the tokens: as the index has it."""

KEPT = 0.85
"""Of what was learnt, as it is added in the end: with less than all, less is forgotten (Wortsman et
al., Robust fine-tuning of zero-shot models, 2022)."""

CROP = 40
"""Tokens of a text that are looked at while learning."""

SEED = 1
THREADS = 2


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
        for number in range(LAYERS):
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
        for number in range(LAYERS):
            hidden = self._layer(hidden, there, number)
        mean = (hidden * there[..., None]).sum(1) / lengths[:, None]
        inner = there & (places > 0) & (places < lengths[:, None] - 1)
        return Read(_unit(mean), _unit(hidden), inner)

    def _layer(self, hidden: Tensor, there: Tensor, number: int) -> Tensor:
        count, length, _ = hidden.shape
        parts = self._affine(hidden, f"{number}.attend").view(count, length, 3, HEADS, -1)
        mixed = functional.scaled_dot_product_attention(
            *parts.permute(2, 0, 3, 1, 4), attn_mask=there[:, None, None], scale=1.0
        )
        joined = mixed.transpose(1, 2).reshape(count, length, WIDTH)
        attended = self._affine(joined, f"{number}.attended") + hidden
        hidden = self._normed(attended, f"{number}.attended_norm.")
        wide = functional.gelu(self._affine(hidden, f"{number}.widen"))
        return self._normed(self._affine(wide, f"{number}.narrow") + hidden, f"{number}.norm.")

    def _affine(self, rows: Tensor, name: str) -> Tensor:
        some = functional.dropout(rows, DROPOUT)
        added = (some @ self.added[f"{name}.A"]) @ self.added[f"{name}.B"]
        return rows @ self._base[f"{name}.w"] + self._base[f"{name}.b"] + added

    def _normed(self, rows: Tensor, name: str) -> Tensor:
        weight, bias = self._base[f"{name}w"], self._base[f"{name}b"]
        return functional.layer_norm(rows, (WIDTH,), weight, bias, EPSILON)


def loss(requests: Read, tools: Read, serves: Tensor) -> Tensor:
    """Return how far requests are from being most like the tools at the places in `serves`."""
    whole = requests.vectors @ tools.vectors.T
    cosines = torch.einsum("rid,tjd->rtij", requests.tokens, tools.tokens)
    nearest = cosines.masked_fill(~tools.counts[None, :, None], -1).amax(-1)
    counts = requests.counts[:, None].float()
    tokens = (nearest * counts).sum(-1) / counts.sum(-1)
    both = (WHOLE_SHARE * whole + tokens) / (WHOLE_SHARE + 1)
    return sum(functional.cross_entropy(one / TEMPERATURE, serves) for one in (whole, both))


def step_loss(model: Model, teams: Sequence[Mapping[str, Any]]) -> Tensor:
    """Return the loss of some requests for tools of some teams."""
    tools: list[Sequence[int]] = []
    asked: list[tuple[Sequence[int], int]] = []
    for team in teams:
        asked += [(ids, len(tools) + place) for ids, place in team["requests"]]
        tools += team["tools"]
    drawn = random.sample(asked, min(len(asked), REQUESTS_A_STEP))
    requests = model.read([_cropped(ids) for ids, _ in drawn])
    serves = torch.tensor([place for _, place in drawn])
    return loss(requests, model.read([_cropped(ids) for ids in tools]), serves)


def teach(model: Model, corpus: Sequence[Mapping[str, Any]]) -> None:
    """Take all steps."""
    learnt = list(model.added.values())
    optimizer = torch.optim.AdamW(learnt, lr=LEARNING_RATE, weight_decay=DECAY)
    for step, teams in zip(range(STEPS), _in_turn(corpus), strict=False):
        rate = LEARNING_RATE * min(1, (step + 1) / WARM_STEPS) * (1 - step / STEPS)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad()
        found = step_loss(model, teams)
        found.backward()
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimizer.step()
        print(f"{step + 1} of {STEPS}: {found.item():.3f}", flush=True)


def main(folder: Path, out: Path) -> None:
    """Teach, and write the adapter with two bytes a number."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(SEED)
    random.seed(SEED)
    model = Model(np.load(folder / "base.npz"))
    teach(model, json.loads((folder / "corpus.json").read_text(encoding="utf-8")))
    np.savez(out, **dict(_kept(model.added)))


def _kept(added: Mapping[str, Tensor]) -> Iterator[tuple[str, Any]]:
    for name, one in added.items():
        share = KEPT if name.endswith(".B") else 1
        yield name, (share * one.detach().numpy()).astype(np.float16)


def _in_turn(corpus: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    """Return teams in another order each time round, some a step, without end."""
    while True:
        mixed = random.sample(corpus, len(corpus))
        for start in range(0, len(mixed) - TEAMS_A_STEP + 1, TEAMS_A_STEP):
            yield mixed[start : start + TEAMS_A_STEP]


def _unit(rows: Tensor) -> Tensor:
    return functional.normalize(rows, dim=-1)


def _cropped(ids: Sequence[int]) -> Sequence[int]:
    return ids if len(ids) <= CROP else [*ids[: CROP - 1], ids[-1]]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
