"""Sentence vectors of all-MiniLM-L6-v2, computed with numpy.

The forward pass is BERT's: embeddings, six layers of attention and feed-forward, the mean over all
tokens, length 1. Texts of equal length go through together, so no padding and no mask is needed,
and a text's vector does not depend on its neighbours.

Source: sentence-transformers/all-MiniLM-L6-v2 (config.json, 1_Pooling, 2_Normalize).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from minilm import weights
from minilm.weights import HEAD_WIDTH, HEADS, WIDTH, Affine, Floats, Layer, Weights
from minilm.wordpiece import MAX_TOKENS, WordPiece

VOCABULARY = Path(__file__).parent / "data" / "minilm-vocab.txt"
BATCH = 32
"""Texts that go through together at most: their intermediate values are some 50 MB at worst."""

KEPT_VECTORS = 512
"""Vectors of texts embedded last that are kept, less than 1 MB: customers ask the same things."""

_EPSILON = np.float32(1e-12)  # `layer_norm_eps`
_ERF_P = np.float32(0.3275911)
_ERF_A = tuple(
    np.float32(a) for a in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
)

type Ids = np.ndarray[tuple[int, int], np.dtype[np.int64]]
"""Of texts of one length: (texts, tokens)."""


@dataclass(frozen=True)
class Reading:
    """A text as the model reads it: one vector of it all, and one of each token in its place.

    `vector` is what `Embedder.embed` gives, (384,). `ids` are the tokens without the marks around
    the text, and `tokens` their vectors, (len(ids), 384). Every vector is of length 1.
    """

    ids: tuple[int, ...]
    vector: Floats
    tokens: Floats


class Embedder:
    """Texts in, vectors out. Weights and vocabulary are read with the first text."""

    def __init__(self, model: Path | None = None, vocabulary: Path = VOCABULARY) -> None:
        """Name the files; `model` is by default the installed package's."""
        self._model = model
        self._vocabulary = vocabulary
        self._kept = lru_cache(KEPT_VECTORS)(self._vector)

    def embed(self, texts: Sequence[str]) -> Floats:
        """Return one row of length 1 for each text: float32, (len(texts), 384).

        What is behind a text's first MAX_TOKENS tokens is not looked at. The vector of a single
        text is kept for the next time it comes.

        Raises:
            WeightsUnreadable: the model's file is missing or another one.
        """
        if len(texts) == 1:
            return self._kept(tuple(self._tokenizer.ids(texts[0]))).copy()
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        for rows, ids in self._batches(texts):
            vectors[list(rows)] = _forward(self._weights, ids)
        return vectors

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Return what the model makes of each text, token by token.

        What is behind a text's first MAX_TOKENS tokens is not looked at.

        Raises:
            WeightsUnreadable: the model's file is missing or another one.
        """
        found: dict[int, Reading] = {}
        for rows, ids in self._batches(texts):
            hidden = _hidden(self._weights, ids)
            for row, of_row, tokens, vector in zip(rows, ids, hidden, _mean(hidden), strict=True):
                inner = tokens[1:-1] / np.linalg.norm(tokens[1:-1], axis=1, keepdims=True)
                found[row] = Reading(tuple(of_row[1:-1].tolist()), vector, inner)
        return [found[row] for row in range(len(texts))]

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[tuple[int, ...], Ids]]:
        """Put texts of one length together: their places, and their ids."""
        by_length: dict[int, list[tuple[int, list[int]]]] = defaultdict(list)
        for row, text in enumerate(texts):
            ids = self._tokenizer.ids(text)
            by_length[len(ids)].append((row, ids))
        for alike in by_length.values():
            for start in range(0, len(alike), BATCH):
                rows, ids_of_rows = zip(*alike[start : start + BATCH], strict=True)
                yield rows, np.array(ids_of_rows)

    def _vector(self, ids: tuple[int, ...]) -> Floats:
        return _forward(self._weights, np.array([ids]))

    @cached_property
    def _tokenizer(self) -> WordPiece:
        return WordPiece.read(self._vocabulary)

    @cached_property
    def _weights(self) -> Weights:
        return weights.read(self._model or weights.installed(), positions=MAX_TOKENS)


def _forward(model: Weights, ids: Ids) -> Floats:
    """Return the vectors of texts of one length."""
    return _mean(_hidden(model, ids))


def _hidden(model: Weights, ids: Ids) -> Floats:
    """Return what the last layer makes of each token, (texts, tokens, 384)."""
    texts, length = ids.shape
    words = model.words[ids] * model.word_scales[ids]
    hidden = _normed(words + model.positions[:length], model.norm).reshape(-1, WIDTH)
    for layer in model.layers:
        hidden = _transformed(layer, hidden, texts)
    return hidden.reshape(texts, length, WIDTH)


def _mean(hidden: Floats) -> Floats:
    mean: Floats = hidden.mean(axis=1)
    mean /= np.linalg.norm(mean, axis=1, keepdims=True)
    return mean


def _transformed(layer: Layer, hidden: Floats, texts: int) -> Floats:
    """Pass all tokens, (texts * length, 384), through one layer."""
    attended = _rows(_affine(_attention(layer, hidden, texts), layer.attended))
    hidden = _normed(attended + hidden, layer.attended_norm)
    wide = _rows(_gelu(_affine(hidden, layer.widen)))
    return _normed(_rows(_affine(wide, layer.narrow)) + hidden, layer.norm)


def _attention(layer: Layer, hidden: Floats, texts: int) -> Floats:
    parts = _affine(hidden, layer.attend).reshape(3, HEADS, texts, -1, HEAD_WIDTH)
    query, key, value = parts
    weight = query @ key.swapaxes(-1, -2)
    weight -= weight.max(axis=-1, keepdims=True)
    np.exp(weight, out=weight)
    weight /= weight.sum(axis=-1, keepdims=True)
    return _rows((weight @ value).reshape(HEADS, -1, HEAD_WIDTH))


def _affine(rows: Floats, by: Affine) -> Floats:
    """Return the product in panels, (panels, tokens, 32)."""
    product: Floats = rows @ by.weight
    product += by.bias
    return product


def _rows(panels: Floats) -> Floats:
    """Put panels side by side: (tokens, 32 * panels)."""
    count, tokens, width = panels.shape
    return panels.transpose(1, 0, 2).reshape(tokens, count * width)


def _normed(rows: Floats, norm: Affine) -> Floats:
    centred: Floats = rows - rows.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    centred /= np.sqrt(variance + _EPSILON)
    centred *= norm.weight
    centred += norm.bias
    return centred


def _gelu(rows: Floats) -> Floats:
    """Return x * (1 + erf(x / sqrt 2)) / 2, with an erf that is within 1.5e-7.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26.
    """
    scaled = rows * np.float32(np.sqrt(0.5))
    size = np.abs(scaled)
    t = np.float32(1) / (np.float32(1) + _ERF_P * size)
    series = t * _ERF_A[0]
    for a in _ERF_A[1:]:
        series += a
        series *= t
    erf = np.copysign(np.float32(1) - series * np.exp(-size * size), scaled)
    halved: Floats = np.float32(0.5) * rows * (np.float32(1) + erf)
    return halved
