"""An adapter changes the layers it names, and no others."""

from pathlib import Path

import numpy as np
import pytest

from minilm import weights
from minilm.adapter import AdaptedEmbedder, adapted
from minilm.embedding import Embedder
from minilm.errors import WeightsUnreadable
from minilm.weights import HEADS, PANEL, Weights


@pytest.fixture(scope="module")
def model() -> Weights:
    return weights.read(weights.installed(), positions=16)


def adapter(path: Path, *, scale: float) -> Path:
    """Write one for a matrix of the last layer, which adds `scale` to one of its numbers."""
    left, right = np.zeros((384, 2), np.float16), np.zeros((2, 1536), np.float16)
    left[3, 0], right[0, 40] = 1, scale
    np.savez(path, **{"5.widen.A": left, "5.widen.B": right})  # type: ignore[arg-type]
    return path


def test_the_product_is_added_to_the_matrix_it_is_named_for(model: Weights, tmp_path: Path) -> None:
    taught = adapted(model, adapter(tmp_path / "a.npz", scale=0.5))

    difference = taught.layers[5].widen.weight - model.layers[5].widen.weight
    assert np.argwhere(difference).tolist() == [[40 // PANEL, 3, 40 % PANEL]]
    assert difference.max() == pytest.approx(0.5)
    assert taught.layers[5].narrow is model.layers[5].narrow


def test_what_it_leaves_alone_is_shared(model: Weights, tmp_path: Path) -> None:
    taught = adapted(model, adapter(tmp_path / "a.npz", scale=0.5))

    assert taught.words is model.words
    assert all(
        one.attend.weight is other.attend.weight
        for one, other in zip(taught.layers, model.layers, strict=True)
    )
    assert taught.layers[0].attend.weight.shape[0] == 3 * HEADS


def test_one_that_adds_nothing_changes_no_vector_and_another_does(tmp_path: Path) -> None:
    base, text = Embedder(), "who is behind this phone number"
    vector = base.embed([text])

    same = AdaptedEmbedder(base, adapter(tmp_path / "same.npz", scale=0))
    other = AdaptedEmbedder(base, adapter(tmp_path / "other.npz", scale=4))

    assert np.array_equal(same.embed([text]), vector)
    assert not np.allclose(other.embed([text]), vector, atol=1e-4)
    assert np.array_equal(base.embed([text]), vector)


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_file_that_is_no_adapter_is_refused(
    model: Weights, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "a.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsUnreadable):
        adapted(model, path)


def test_an_adapter_of_another_shape_or_by_half_is_refused(model: Weights, tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    for parts in (
        {"5.widen.A": np.zeros((384, 2))},
        {"5.widen.A": np.zeros((384, 2)), "5.widen.B": np.zeros((2, 64))},
    ):
        np.savez(path, **parts)  # type: ignore[arg-type]
        with pytest.raises(WeightsUnreadable):
            adapted(model, path)
