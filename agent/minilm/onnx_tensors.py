"""The tensors in an ONNX file, without the packages `onnx` and `protobuf`.

An ONNX file is a protobuf message. Read here are ModelProto.graph (field 7), its
GraphProto.initializer (5), and of each TensorProto dims (1), data_type (2), name (8) and raw_data
(9); everything else is stepped over. The arrays are views into the mapped file: nothing is copied,
and what is never looked at is never read from disk.

Source: onnx/onnx.proto; protobuf's "Encoding" page for wire types and varints.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

type Tensors = Mapping[str, npt.NDArray[np.generic]]

_GRAPH, _INITIALIZER = 7, 5
_DIMS, _DATA_TYPE, _NAME, _RAW_DATA = 1, 2, 8, 9
_TYPES: Mapping[int, npt.DTypeLike] = {1: "<f4", 3: "i1", 7: "<i8", 9: "?"}
"""numpy's types by TensorProto.DataType, those the model uses."""

_VARINT, _DELIMITED = 0, 2
_FIXED_BYTES = {1: 8, 5: 4}
"""Bytes of a value, by the wire types that are neither a varint nor delimited."""


def tensors(path: Path) -> Tensors:
    """Return the initializers of a model by name, in the file's order.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no ONNX file, or a tensor in it is not as its header says.
    """
    with path.open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    try:
        graphs = [value for field, value in _fields(mapped) if field == _GRAPH]
        found = [
            _tensor(value)
            for graph in graphs
            for field, value in _fields(_message(graph))
            if field == _INITIALIZER
        ]
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is not an ONNX file: {error!r}") from error
    return dict(found)


def _tensor(value: memoryview | int) -> tuple[str, npt.NDArray[np.generic]]:
    shape: list[int] = []
    name, kind, data = "", 0, memoryview(b"")
    for field, part in _fields(_message(value)):
        if field == _DIMS:
            shape.extend(_dims(part))
        elif field == _DATA_TYPE and isinstance(part, int):
            kind = part
        elif field == _NAME:
            name = bytes(_message(part)).decode()
        elif field == _RAW_DATA:
            data = _message(part)
    return name, np.frombuffer(data, dtype=_TYPES[kind]).reshape(shape)


def _dims(part: memoryview | int) -> Iterator[int]:
    """Read one dimension, or all of them packed into one value."""
    if isinstance(part, int):
        yield part
        return
    position = 0
    while position < len(part):
        number, position = _varint(part, position)
        yield number


def _message(value: memoryview | int) -> memoryview:
    if isinstance(value, int):
        raise ValueError("a number where a message was expected")  # noqa: TRY004 - bad data
    return value


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Give a message's fields: numbers as they are, delimited values as views."""
    position = 0
    while position < len(message):
        key, position = _varint(message, position)
        field, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, position = _varint(message, position)
            yield field, value
            continue
        if wire == _DELIMITED:
            length, position = _varint(message, position)
        else:
            length = _FIXED_BYTES[wire]
        end = position + length
        if end > len(message):
            raise ValueError("a field ends behind its message")
        yield field, message[position:end]
        position = end


def _varint(message: memoryview, position: int) -> tuple[int, int]:
    """Read a little-endian number of seven bits a byte; return it and where it ends."""
    number = shift = 0
    while True:
        byte = message[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, position
        shift += 7
