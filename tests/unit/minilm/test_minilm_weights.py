from pathlib import Path

import numpy as np
import pytest

from minilm import weights
from minilm.embedding import Embedder
from minilm.errors import WeightsUnreadable
from minilm.onnx_tensors import tensors


def field(number: int, payload: bytes) -> bytes:
    """Write a delimited protobuf field of under 128 bytes."""
    return bytes([number << 3 | 2, len(payload)]) + payload


def tensor(name: bytes, data: bytes, *, dims: bytes, kind: int = 3) -> bytes:
    return field(7, field(5, dims + bytes([2 << 3, kind]) + field(8, name) + field(9, data)))


TWO_BY_TWO = bytes([1 << 3, 2, 1 << 3, 2])


def test_the_installed_model_is_the_one_that_is_known() -> None:
    weights.verify(weights.installed())


def test_the_model_has_six_layers_of_the_known_shapes() -> None:
    model = weights.read(weights.installed(), positions=16)

    assert model.words.shape == (30522, 384)
    assert model.words.dtype == np.int8
    assert model.positions.shape == (16, 384)
    assert [layer.widen.weight.shape for layer in model.layers] == [(48, 384, 32)] * 6
    assert [layer.attend.weight.shape for layer in model.layers] == [(36, 384, 32)] * 6


@pytest.mark.parametrize("dims", [TWO_BY_TWO, field(1, b"\x02\x02")], ids=["one by one", "packed"])
def test_a_tensor_is_read_with_its_name_and_shape(tmp_path: Path, dims: bytes) -> None:
    path = tmp_path / "tiny.onnx"
    other_fields = bytes([1 << 3, 0x80, 0x01]) + bytes([5 << 3 | 5]) + b"\0" * 4
    path.write_bytes(other_fields + tensor(b"w", b"\x01\x02\x03\xff", dims=dims))

    found = tensors(path)

    assert found["w"].tolist() == [[1, 2], [3, -1]]


@pytest.mark.parametrize(
    "content",
    [
        b"not a model",
        b"\x3a\xff\xff\xff\x7f",
        field(7, b"\x2a"),
        tensor(b"w", b"\x01\x02\x03", dims=TWO_BY_TWO),
        tensor(b"w", b"\x01\x02\x03\x04", dims=TWO_BY_TWO, kind=16),
        tensor(b"w", b"\x01\x02\x03\x04", dims=TWO_BY_TWO),
        b"",
    ],
    ids=[
        "text",
        "cut off",
        "cut off within",
        "short data",
        "unknown type",
        "other tensors",
        "empty",
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)

    with pytest.raises(WeightsUnreadable, match=r"model\.onnx"):
        Embedder(path).embed(["anything"])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsUnreadable):
        Embedder(tmp_path / "none.onnx").embed(["anything"])
    with pytest.raises(WeightsUnreadable):
        weights.verify(tmp_path / "none.onnx")


def test_a_changed_file_has_another_checksum(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"changed")

    with pytest.raises(WeightsUnreadable, match="sha256"):
        weights.verify(path)
