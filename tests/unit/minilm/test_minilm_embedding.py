"""The golden numbers are onnxruntime 1.31's, on the same model and the same tokens."""

import numpy as np
import pytest

from minilm.embedding import Embedder

LONG = "plan price " * 200
GOLDEN = {
    "How do I activate roaming?": (
        [-0.0086, -0.0564, -0.0667, -0.0212, 0.0254, 0.0235, 0.0492, 0.0361],
        [-0.0317, 0.0673, -0.0098, -0.0218],
    ),
    "5G & eSIM: Ünïcode, STRASSE, ΣΑΣ, 你好!": (
        [-0.065, -0.0637, 0.097, 0.0242, -0.0245, -0.0486, 0.0533, 0.0086],
        [0.0871, 0.0047, -0.0115, -0.02],
    ),
    "": (
        [-0.1274, 0.0409, -0.0014, -0.016, 0.0539, 0.0089, 0.1179, 0.0048],
        [0.1611, 0.1227, 0.0428, -0.0126],
    ),
    LONG: (
        [-0.0587, -0.0124, 0.0141, 0.0354, -0.0102, 0.0515, 0.0178, 0.0279],
        [0.0792, -0.0116, -0.0805, -0.0173],
    ),
}
COSINES = [
    [1.0, 0.0971, 0.0734, 0.0312],
    [0.0971, 1.0, 0.0837, 0.0836],
    [0.0734, 0.0837, 1.0, -0.0314],
    [0.0312, 0.0836, -0.0314, 1.0],
]
ROUNDING = 1e-4


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return Embedder()


@pytest.mark.parametrize("text", GOLDEN)
def test_a_text_alone_has_its_golden_vector(embedder: Embedder, text: str) -> None:
    [vector] = embedder.embed([text])

    first, last = GOLDEN[text]
    assert np.allclose(vector[: len(first)], first, atol=ROUNDING)
    assert np.allclose(vector[-len(last) :], last, atol=ROUNDING)


def test_all_the_rest_of_the_vectors_is_right_too(embedder: Embedder) -> None:
    vectors = embedder.embed(list(GOLDEN))

    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(vectors @ vectors.T, COSINES, atol=ROUNDING)


def test_a_text_has_the_same_vector_in_any_company(embedder: Embedder) -> None:
    texts = ["one", "two", "one and two", "three"] * 20

    together = embedder.embed(texts)

    for row, text in enumerate(texts[:4]):
        assert np.allclose(together[row], embedder.embed([text])[0], atol=1e-6)
        assert np.allclose(together[row], together[row + 4], atol=1e-6)


def test_no_texts_are_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, 384)


def test_what_is_done_to_a_vector_does_not_change_the_next_one(embedder: Embedder) -> None:
    before = embedder.embed(["roaming"])
    kept = before.copy()
    before[:] = 0

    assert np.array_equal(embedder.embed(["roaming"]), kept)


def test_a_text_is_read_token_by_token_beside_its_vector(embedder: Embedder) -> None:
    texts = ["cancel the order", "money", "", "stop the order"]
    readings = embedder.read(texts)

    assert np.array([reading.vector for reading in readings]) == pytest.approx(
        embedder.embed(texts), abs=ROUNDING
    )
    assert [len(reading.ids) for reading in readings] == [3, 1, 0, 3]
    for reading in readings:
        assert reading.tokens.shape == (len(reading.ids), 384)
        assert np.linalg.norm(reading.tokens, axis=1) == pytest.approx(1)
    cancel, _, _, stop = readings
    likeness = cancel.tokens @ stop.tokens.T
    assert likeness[2].argmax() == 2  # an order is likest to an order
