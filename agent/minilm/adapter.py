"""The model with some layers taught another task, by a file of half a megabyte.

The file is a low-rank adapter: for a matrix W of some layers it has two narrow ones, and W + A·B
takes W's place. It names them `3.attend.A` and so on, by the layer's number and the part's name.

Source: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from minilm.embedding import Embedder
from minilm.errors import WeightsUnreadable
from minilm.weights import Affine, Floats, Layer, Weights, panels
from minilm.wordpiece import WordPiece

PARTS = ("attend", "attended", "widen", "narrow")


class AdaptedEmbedder(Embedder):
    """Another embedder with an adapter. What the adapter leaves alone is shared by both."""

    def __init__(self, base: Embedder, adapter: Path) -> None:
        """Take the embedder, and the adapter's file, which is read with the first text."""
        super().__init__()
        self._base = base
        self._adapter = adapter

    @cached_property
    def _tokenizer(self) -> WordPiece:
        return self._base._tokenizer

    @cached_property
    def _weights(self) -> Weights:
        return adapted(self._base._weights, self._adapter)


def adapted(model: Weights, path: Path) -> Weights:
    """Return the weights with an adapter's products added; `model` stays as it is.

    Raises:
        WeightsUnreadable: the file is missing, or not an adapter of this model.
    """
    try:
        with path.open("rb") as file, np.load(file) as arrays:
            found = {name: arrays[name].astype(np.float32) for name in arrays.files}
        layers = [_layer(each, found, number) for number, each in enumerate(model.layers)]
    except (OSError, KeyError, ValueError, EOFError, BadZipFile) as error:
        raise WeightsUnreadable(f"{path} is not an adapter of the model: {error!r}") from error
    return replace(model, layers=tuple(layers))


def _layer(layer: Layer, found: Mapping[str, Floats], number: int) -> Layer:
    names = {part: f"{number}.{part}" for part in PARTS}
    taught = {
        part: _affine(getattr(layer, part), found[f"{name}.A"], found[f"{name}.B"])
        for part, name in names.items()
        if f"{name}.A" in found
    }
    return replace(layer, **taught)


def _affine(one: Affine, left: Floats, right: Floats) -> Affine:
    return Affine(one.weight + panels(left @ right), one.bias)
